"""Pages as Vietnamese newspapers and provinces build them; every text, name and figure is invented."""

# A large newspaper: JSON-LD, Open Graph, a lead in <h2>, pictures loaded late, boxes inside the text, comments.
LARGE_NEWSPAPER = """<!DOCTYPE html>
<html lang="vi"><head>
<meta charset="utf-8"><title>Tỉnh Thử Nghiệm đón đoàn doanh nghiệp Mẫu Quốc | Báo Thử Nghiệm</title>
<meta property="og:type" content="article"><meta property="og:site_name" content="Báo Thử Nghiệm">
<meta property="og:title" content="Tỉnh Thử Nghiệm đón đoàn doanh nghiệp Mẫu Quốc">
<meta property="og:description" content="Chuyến thăm ba ngày mở ra nhiều khả năng hợp tác về logistics, nông nghiệp &amp; đào tạo nghề...">
<link rel="canonical" href="https://bao.example/doi-ngoai/tinh-thu-nghiem-don-doan-101.html">
<script type="application/ld+json">{"@context":"https://schema.org","@graph":[
 {"@type":"NewsArticle","headline":"Tỉnh Thử Nghiệm đón đoàn doanh nghiệp Mẫu Quốc",
  "datePublished":"2024-03-05T01:15:00Z","dateModified":"2024-03-06T09:00:00+07:00",
  "author":{"@type":"Person","name":"Lê Thị Mẫu"},"publisher":{"@type":"Organization","name":"Báo Thử Nghiệm"}},
 {"@type":"BreadcrumbList","itemListElement":[
  {"@type":"ListItem","position":1,"item":{"@id":"https://bao.example","name":"Trang chủ"}},
  {"@type":"ListItem","position":2,"item":{"@id":"https://bao.example/doi-ngoai","name":"Đối ngoại"}}]}]}</script>
<script>window.location = "https://bao.example/evil"; document.write("<p>Chữ do chương trình viết</p>")</script>
<style>.sapo{font-weight:bold}</style></head>
<body class="detail-page has-sidebar">
<header class="site-header"><div class="header-date">Thứ Hai, 15/04/2024, 06:32 (GMT+7)</div>
<nav><ul class="menu"><li><a href="/">Trang chủ</a></li><li><a href="/thoi-su">Thời sự</a></li><li><a href="/kt">Kinh tế</a></li></ul></nav></header>
<div class="container"><div class="breadcrumb"><a href="/">Trang chủ</a><a href="/doi-ngoai">Đối ngoại</a></div>
<article class="detail-content">
<h1 class="article-title">Tỉnh Thử Nghiệm đón đoàn doanh nghiệp Mẫu Quốc</h1>
<div class="meta"><span class="author-name">Lê Thị Mẫu</span><span class="pdate">05/03/2024 08:15</span></div>
<h2 class="detail-sapo">Chuyến thăm ba ngày mở ra nhiều khả năng hợp tác về logistics, nông nghiệp &amp; đào tạo nghề giữa hai bên.</h2>
<div class="detail-body" data-role="content">
<figure class="picture"><img data-src="a.jpg" src="data:image/gif;base64,R0lGOD" alt="ảnh"><figcaption>Quang cảnh buổi làm việc tại hội trường lớn. Ảnh: Trần Mẫu</figcaption></figure>
<p>Sáng 4/3, lãnh đạo tỉnh tiếp đoàn gồm hai mươi doanh nghiệp sang khảo sát khu công nghiệp ven biển và cảng nước sâu mới mở.</p>
<p>Theo <b>ông Phạm Văn Mẫu</b>, Giám đốc Sở Ngoại vụ, hai bên sẽ lập tổ công tác chung để theo dõi từng việc đã hứa và báo lại sau mỗi quý.</p>
<div class="VCSortableInPreviewMode relate-news" type="RelatedOneNews"><a href="/x">Cảng Mẫu nhận tàu ba vạn tấn đầu tiên trong năm</a></div>
<p>Doanh nghiệp nước bạn quan tâm nhất đến giá thuê đất, nguồn lao động biết nghề và thời gian thông quan tại cửa khẩu.</p>
<figure><img data-src="b.jpg"><figcaption>Cảng nước sâu nhìn từ trên cao.</figcaption></figure>
<h3>Đào tạo nghề đi trước một bước</h3>
<p>Trường nghề của tỉnh nhận dạy hai trăm thợ hàn mỗi năm; học phí do nhà đầu tư trả một nửa, phần còn lại lấy từ ngân sách.</p>
<ins class="adsbygoogle">Quảng cáo: mua một tặng một</ins>
<p>Hai bên hẹn gặp lại vào tháng 9 tới để ký biên bản ghi nhớ.</p>
</div>
<div class="detail-tags">Từ khóa: <a href="/t">đối ngoại</a>, <a href="/t2">đầu tư</a></div>
<div class="social-share"><a>Chia sẻ</a><a>Facebook</a></div>
<section class="comment-box"><h4>Bình luận (2)</h4><p>Tin vui cho bà con quê tôi, mong sớm có thêm việc làm cho con cháu ở nhà để khỏi phải đi xa xứ.</p></section>
</article>
<aside class="sidebar"><h4>Đọc nhiều</h4><ul><li><a href="/1">Giá lúa gạo tăng trở lại sau hai tuần</a></li></ul></aside>
<div class="same-category"><h3>Tin cùng chuyên mục</h3><ul>
<li><a href="/2">Hội hữu nghị tỉnh kết nạp thêm ba chi hội</a></li>
<li><a href="/3">Tuần phim Mẫu Quốc khai mạc tối thứ Bảy</a><span>04/03/2024</span></li></ul></div>
</div><footer>Giấy phép số 1/GP. Tổng biên tập: Ngô Thị Mẫu. Lượt truy cập: 12.345.678</footer></body></html>"""

# The website of a province's newspaper, with no data for machines at all.
PROVINCIAL_NEWSPAPER = """<html><head><meta http-equiv="Content-Type" content="text/html; charset=utf-8">
<title>Báo Thử Nghiệm điện tử</title></head><body>
<div id="top"><div class="fl">Thứ 2, 15/04/2024, 06:32[GMT+7]</div><div class="fr"><a href="#">RSS</a></div></div>
<div id="menu"><a href="/">Trang chủ</a> <a href="/ct">Chính trị</a> <a href="/kt">Kinh tế</a> <a href="/xh">Xã hội</a></div>
<div id="wrap"><div class="left">
<div class="tit">Giữ bạn cũ, tìm bạn mới cho hàng quê mình</div>
<div class="inf">Thứ 3, 18/07/2023 | 08:43:03</div>
<div class="inf2">4,628 lượt xem</div>
<div class="sp"><b>Nhờ giữ chữ tín với khách quen và chịu khó đi tìm khách lạ, hàng của tỉnh đã có mặt ở nhiều nơi, dù thị trường chung còn khó.</b></div>
<div class="ct"><table class="img" align="center"><tr><td><img src="a.jpg"></td></tr><tr><td>Công nhân kiểm hàng trước khi xuất xưởng.</td></tr></table>
<p>Xưởng dệt ở cuối làng Mẫu mỗi tháng gửi đi bốn chuyến hàng. Chủ xưởng kể rằng mười năm trước chỉ có một khách, nay đã có khách ở năm nước, phần lớn do người này giới thiệu người kia.</p>
<p>Sở Công Thương cho biết sáu tháng đầu năm kim ngạch tăng so với cùng kỳ, trong đó hàng dệt và hàng thủ công chiếm hơn một nửa, phần còn lại là nông sản chế biến.</p>
<p>Tỉnh đang cùng các hội nghề mở lớp dạy bán hàng qua mạng, giúp các hộ nhỏ tự tìm người mua mà không phải qua nhiều nấc trung gian như trước.</p>
<p style="text-align: right;"><strong>Đỗ Mẫu</strong></p><p style="text-align: right;"><em>(Thành phố Mẫu)</em></p></div>
<div class="oth"><div class="h">Tin cùng chuyên mục</div><ul><li><a href="/a">Chợ quê lên mạng bán hàng khắp nước</a></li><li><a href="/b">Thêm hai tuyến tàu hàng ra cảng lớn</a></li></ul>
<div>Xem tin theo ngày</div></div>
</div></div><div id="ft">Bản quyền thuộc Báo Thử Nghiệm. Ghi rõ nguồn khi phát hành lại.</div></body></html>"""

# A portal with microdata, a path, a table of figures and the day above the title.
PORTAL_WITH_TABLE = """<!DOCTYPE html><html><head><meta charset="utf-8"><title>Kết quả thu hút đầu tư quý I - Cổng thông tin tỉnh Mẫu</title></head><body>
<div class="topbar"><span id="clock">Hôm nay: Thứ Hai, 15/04/2024</span></div>
<ul class="duong-dan"><li><a href="/">Trang chủ</a></li><li><a href="/tt">Tin tức</a></li><li><a href="/dt">Đầu tư</a></li></ul>
<div itemscope itemtype="https://schema.org/NewsArticle"><div class="post-date">Ngày đăng: 10/04/2024</div>
<h1 itemprop="headline">Kết quả thu hút đầu tư quý I</h1>
<div class="hits">Lượt xem: 1.204</div>
<div itemprop="articleBody">
<p>Trong ba tháng đầu năm, tỉnh cấp phép cho mười một dự án mới và cho tăng vốn năm dự án cũ, phần lớn trong các khu công nghiệp đã có hạ tầng.</p>
<table border="1"><tr><th>Nước</th><th>Dự án</th><th>Vốn (triệu USD)</th></tr>
<tr><td><p>Nhật Bản</p></td><td><p>4</p></td><td><p>120,5</p></td></tr><tr><td><p>Hàn Quốc</p></td><td><p>7</p></td><td><p>98</p></td></tr></table>
<p>So với cùng kỳ, số dự án tăng ba, số vốn tăng gần một phần tư; các dự án đều nằm trong ngành được tỉnh ưu tiên như điện tử và chế biến.</p>
<ul><li>Thời gian cấp phép rút còn mười hai ngày.</li><li>Hai bộ phận một cửa mới được mở tại khu công nghiệp.</li></ul>
<p>Quý tới tỉnh dự kiến tổ chức hai hội nghị xúc tiến ở nước ngoài và một hội nghị tại chỗ.</p></div>
<p class="tac-gia">Nguồn: Sở Kế hoạch Mẫu</p></div></body></html>"""

# Layout by nested tables, paragraphs parted by <br>, capitals in the tags, the picture's words in a cell.
OLD_LAYOUT = """<HTML><HEAD><META http-equiv=Content-Type content="text/html; charset=utf-8"><TITLE>Trang tin đối ngoại</TITLE></HEAD>
<BODY><TABLE width=100%><TR><TD colspan=2><IMG src=logo.gif></TD></TR><TR><TD width=180>
<A href=/1>Giới thiệu</A><BR><A href=/2>Tin tức</A><BR><A href=/3>Văn bản</A><BR><A href=/4>Liên hệ</A><BR><A href=/5>Sơ đồ</A></TD><TD>
<TABLE><TR><TD><FONT size=4><B>Hội đàm thường niên giữa hai tỉnh láng giềng</B></FONT></TD></TR>
<TR><TD><I>Cập nhật: 02/11/2011 14:05 - 312 lượt xem</I></TD></TR>
<TR><TD><TABLE align=right><TR><TD><IMG src=p.jpg></TD></TR><TR><TD align=center><I>Hai đoàn chụp ảnh lưu niệm.</I></TD></TR></TABLE>
Ngày 1/11, hai tỉnh họp phiên thường niên lần thứ tám để nhìn lại một năm hợp tác và bàn việc của năm sau, theo lời mời của phía chủ nhà.<BR><BR>
Hai bên thống nhất giữ đường dây nóng giữa các đồn biên phòng, cho xe tải đi thẳng tới kho ngoại quan và giảm giấy tờ cho cư dân vùng biên.<BR><BR>
Phiên họp sau sẽ do tỉnh bạn đăng cai vào mùa xuân, trước đó hai tổ chuyên viên gặp nhau hai lần để soạn sẵn văn bản.<BR><BR>
<DIV align=right><B>Vũ Mẫu - Hà Mẫu</B></DIV></TD></TR></TABLE>
<B>Các tin khác</B><BR><A href=/9>Khai trương lối mở mới ở biên giới phía Tây (01/11)</A><BR><A href=/8>Đoàn cán bộ trẻ thăm tỉnh bạn trong năm ngày (30/10)</A>
</TD></TR></TABLE></BODY></HTML>"""

# The text comes only as data, for scripts to show.
FILLED_BY_SCRIPT = """<!DOCTYPE html><html><head><meta charset="utf-8"><title>Mạng cảng mới</title>
<script type="application/ld+json">
//<![CDATA[
{"@type":["NewsArticle"],"headline":"Mạng cảng mới của miền duyên hải","datePublished":"2024-01-02 07:00:00 +0700","articleSection":["Kinh tế","Cảng biển"],
"author":[{"name":"Ngô Mẫu"},{"name":"Tạ Mẫu"}],"interactionStatistic":{"@type":"InteractionCounter","interactionType":"http://schema.org/ReadAction","userInteractionCount":"77"},
"articleBody":"Ba tỉnh duyên hải cùng lập một mạng cảng để chia nhau hàng, tránh cảnh nơi dồn ứ nơi vắng tàu.
Theo thỏa thuận, mỗi cảng giữ một nhóm hàng chính và nhận hộ hàng của cảng bạn khi có bão hay khi luồng lạch phải nạo vét."}
//]]>
</script></head><body><div id="app"></div><noscript>Xin bật JavaScript</noscript></body></html>"""

BEHIND_LOGIN = """<!DOCTYPE html><html><head><meta charset="utf-8"><title>Đăng nhập hệ thống</title></head><body>
<div class="box"><h1>Đăng nhập</h1><form action="/dang-nhap" method="post"><label>Tài khoản <input name="u"></label>
<label>Mật khẩu <input type="password" name="p"></label><button>Đăng nhập</button></form>
<p>Quên mật khẩu? Liên hệ phòng máy tính.</p></div></body></html>"""

# A paper written in a word processor and saved as HTML: all of it counts.
LETTER_FROM_WORD = """<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><meta charset="utf-8">
<meta name=Generator content="Microsoft Word 15"><title>CV 12</title><style><!-- p.MsoNormal {margin:0} --></style></head><body lang=VI>
<table class=MsoTableGrid><tr><td><p class=MsoNormal>UBND TỈNH MẪU</p><p class=MsoNormal><b>SỞ NGOẠI VỤ</b></p></td>
<td><p class=MsoNormal>CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM</p><p class=MsoNormal>Độc lập - Tự do - Hạnh phúc</p></td></tr></table>
<p class=MsoNormal>Số: 12/SNgV-HTQT</p><p class=MsoNormal>Mẫu, ngày 18 tháng 7 năm 2023</p>
<p class=MsoNormal>Kính gửi: Văn phòng Ủy ban nhân dân tỉnh Mẫu</p>
<p class=MsoNormal>Sở Ngoại vụ kính đề nghị Văn phòng xem xét việc mời đoàn của tỉnh bạn sang thăm và làm việc trong tháng chín tới, theo chương trình hợp tác đã ký giữa hai tỉnh.</p>
<p class=MsoNormal>GIÁM ĐỐC</p><p class=MsoNormal>Hồ Văn Mẫu</p></body></html>"""
