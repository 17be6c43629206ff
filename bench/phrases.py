"""Vietnamese words from which a province's records are made up. No real person or company is meant."""

OWN = """Sở Ngoại vụ|Sở Tài chính|Sở Công Thương|Sở Nông nghiệp và Môi trường|Sở Giáo dục và Đào tạo|Sở Y tế
Sở Nội vụ|Sở Xây dựng|Sở Khoa học và Công nghệ|Sở Văn hóa, Thể thao và Du lịch|Ban Quản lý Khu kinh tế
Văn phòng Ủy ban nhân dân tỉnh|Công an tỉnh|Bộ Chỉ huy Quân sự tỉnh|Bộ đội Biên phòng tỉnh|Hội Nông dân tỉnh
Liên hiệp các tổ chức hữu nghị tỉnh|Hội Liên hiệp Phụ nữ tỉnh|Tỉnh đoàn|Hiệp hội Doanh nghiệp tỉnh
Trung tâm Xúc tiến đầu tư|Trường Đại học tỉnh|Trường Cao đẳng nghề|Liên đoàn Lao động tỉnh"""

TOPICS = """xúc tiến đầu tư vào khu công nghiệp|hợp tác nông nghiệp công nghệ cao|đào tạo nguồn nhân lực
đưa lao động thời vụ đi làm việc ở nước ngoài|trao đổi học sinh, sinh viên|giao lưu văn hóa và du lịch
chuyển đổi số trong quản lý nhà nước|phát triển năng lượng tái tạo|bảo vệ môi trường biển
phòng chống thiên tai và biến đổi khí hậu|hỗ trợ doanh nghiệp nhỏ và vừa|tiêu thụ nông sản và thủy sản
y tế cộng đồng và chăm sóc sức khỏe|chống khai thác hải sản bất hợp pháp|hạ tầng giao thông ven biển
xử lý nước thải khu công nghiệp|khởi nghiệp và đổi mới sáng tạo|kết nối cung cầu lao động
phát triển chuỗi giá trị lúa gạo|đầu tư cảng biển và dịch vụ hậu cần|quản lý đất đai và quy hoạch đô thị
hợp tác phi chính phủ nước ngoài|an ninh trật tự trên biển|nuôi trồng thủy sản bền vững
nâng cấp bệnh viện tuyến huyện|xây dựng trường học thân thiện|dệt may và da giày xuất khẩu
công nghiệp điện tử và linh kiện|khí đốt và điện gió ngoài khơi|bảo tồn di tích lịch sử"""

COUNTRIES = """KR Hàn Quốc|JP Nhật Bản|CN Trung Quốc|LA Lào|DE Đức|FR Pháp|SG Singapore|TH Thái Lan|US Hoa Kỳ|AU Úc
NL Hà Lan|IN Ấn Độ|RU Liên bang Nga|CZ Cộng hòa Séc|HU Hungary|PL Ba Lan|MY Malaysia|ID Indonesia|CU Cuba|KH Campuchia"""

SECTORS = """Sản xuất và Thương mại|Đầu tư và Phát triển|Dệt may xuất khẩu|Linh kiện điện tử|Thủy sản|Nông sản
Xây dựng hạ tầng|Vận tải biển|Năng lượng xanh|Công nghệ số|Cơ khí chính xác|Thực phẩm sạch|Dược phẩm|Da giày"""

FIRST = [
    "an",
    "ba",
    "cha",
    "da",
    "e",
    "ga",
    "ha",
    "i",
    "ka",
    "la",
    "ma",
    "na",
    "o",
    "pa",
    "ra",
    "sa",
    "ta",
    "u",
    "va",
    "yo",
    "ki",
    "su",
    "mi",
    "ro",
    "te",
    "lo",
    "chi",
    "ko",
    "shin",
    "yeong",
    "dae",
    "bu",
    "han",
    "jin",
    "wei",
    "zhong",
    "li",
    "xin",
    "gao",
    "hou",
    "ber",
    "han",
    "ol",
    "ne",
    "ri",
    "mon",
    "gre",
    "par",
    "ten",
    "vik",
    "sol",
    "dan",
    "mar",
]
LAST = [
    "ju",
    "shi",
    "do",
    "gu",
    "san",
    "ri",
    "burg",
    "heim",
    "ville",
    "ton",
    "ka",
    "no",
    "mura",
    "hama",
    "kou",
    "jing",
    "zhou",
    "xi",
    "bury",
    "sala",
    "vong",
    "kham",
    "na",
    "polis",
]

ENGAGEMENT = """Đoàn công tác {own} thăm và làm việc tại {partner} về {topic}|{own} tiếp và làm việc với đoàn {partner} về {topic}
Hội nghị {topic} với {partner}|Lãnh đạo tỉnh tiếp xã giao đoàn {partner}|Hội thảo trực tuyến {topic} giữa {own} và {partner}
Lễ ký kết hợp tác {topic} với {partner}|Điện đàm với {partner} về {topic}|Khảo sát thực địa của {partner} về {topic}
Làm việc với {partner} chuẩn bị nội dung {topic}|Chuyến thăm hữu nghị của {partner} tới tỉnh"""

INSTRUMENT = """Biên bản ghi nhớ hợp tác về {topic} giữa {own} và {partner}|Thỏa thuận hợp tác {topic} với {partner}
Chương trình hợp tác {topic} giữa {own} và {partner} giai đoạn {year}–{later}|Quy chế phối hợp giữa {own} và {partner}
Kế hoạch thực hiện thỏa thuận với {partner} về {topic}|Nghị quyết số {number} về {topic}"""

COMMITMENT = """Hỗ trợ {amount} suất học bổng {topic}|Tổ chức {amount} lớp tập huấn về {topic}|Đóng góp {amount} tỷ đồng cho {topic}
Cử {amount} cán bộ trao đổi kinh nghiệm {topic}|Báo cáo kết quả thực hiện {topic} năm {year}|Hoàn thành thủ tục {topic} trước năm {later}
{own} chủ trì triển khai {topic}|Tiếp nhận {amount} lao động theo chương trình {topic}"""

DOCUMENT = """Công văn số {number} về {topic}|Báo cáo kết quả {topic} năm {year}|Quyết định số {number} về việc {topic}
Tờ trình của {own} về {topic}|Thông báo kết luận cuộc họp về {topic}|Bài báo: tỉnh đẩy mạnh {topic}"""

SURNAMES = "Nguyễn|Trần|Lê|Phạm|Hoàng|Vũ|Đặng|Bùi|Đỗ|Hồ"
GIVEN = "Thử|Mẫu|Ví Dụ|Giả Định|Minh Họa|Tưởng Tượng|Hư Cấu|Kiểm Thử"

QUERIES = """tỉnh|hợp tác|đầu tư|sở|đoàn|năm 2024|hội nghị|xúc tiến đầu tư|khu công nghiệp|nông nghiệp
hàn quốc|nhật bản|trung quốc|lào|đoàn công tác|biên bản ghi nhớ|thỏa thuận|công ty|công ty tnhh|thủy sản
học bổng|lao động|đào tạo|sở ngoại vụ|sở công thương|công an tỉnh|bộ đội biên phòng|khu kinh tế|du lịch|văn hóa
làm việc|tiếp xã giao|hội thảo trực tuyến|lễ ký kết|điện gió|cảng biển|nước thải|môi trường|y tế|chuyển đổi số
giao lưu văn hóa hàn quốc|xúc tiến đầu tư nhật bản|hợp tác nông nghiệp công nghệ cao|biến đổi khí hậu|lúa gạo
yeongju|22-NQ/TW|22nqtw|thái|hop tac|dau tu|so ngoai vu|doan cong tac|nhat|han quoc nong nghiep
quyết định số|công văn|báo cáo kết quả|năm 2019 hội nghị|đại học|trường|bệnh viện|điện tử|dệt may|khởi nghiệp"""


def split(text: str) -> list[str]:
    """The phrases of one of the lists above."""
    return [part.strip() for line in text.splitlines() for part in line.split("|") if part.strip()]
