"""The words that state a partnership, and those that say it is planned, denied or over."""

from __future__ import annotations

from diemtua.sources.reader.patterns import any_of, grammar

# "ký" that is no signing: "đăng ký", "thư ký", "ký túc xá", "ký quỹ".
_SIGN = (
    r"(?<!đăng )(?<!thư )(?<!nhật )(?<!chữ )(?<!bút )(?<!tốc )(?<!lưu )"
    r"ký(?! túc| hiệu| quỹ| sinh| ức| sự| tên)(?: kết)?"
)
_SIGNING = rf"(?<!\w)(?:{_SIGN}|đặt bút|hạ bút|gia hạn|trao văn kiện|trao đổi văn kiện)(?!\w)"
SIGN = grammar(_SIGNING)
SIGNED_ALREADY = grammar(
    rf"(?<!\w)(?:đã|vừa|từng|mới|được)(?: (?:chính thức|cùng|cùng nhau|được|lần lượt|tiến hành))* {_SIGNING}|"
    rf"(?<!\w)(?:còn|đang có|đang còn|vẫn còn|vẫn) hiệu lực(?!\w)|(?<!\w)tổ chức lễ {_SIGN}|(?<!\w)đã có D"
)
IN_FORCE = grammar("hiệu lực")
# Words of working together, whatever paper stands behind it.
TOGETHER = grammar(
    any_of(
        "hợp tác|kết nghĩa|kết bạn|quan hệ|quan hệ hữu nghị|hữu nghị|liên kết|kết nối|đồng hành|sát cánh|chung tay|"
        "bắt tay(?! ngay)|cơ chế(?! phối hợp)|nếp họp|giao ban|hội đàm thường niên|cùng đào tạo|cùng nghiên cứu"
    )
)
# What a paper between parties, or what it stands for, is called when it is denied.
_PAPER = (
    r"(?:thỏa thuận|văn bản|văn kiện|bản ghi nhớ|ghi nhớ|biên bản|cam kết|mou|hiệp định|giấy tờ|chữ ký|ký|ký kết|"
    r"quan hệ|hợp tác|kết nghĩa|liên kết|D|gì)"
)
_NOT = r"(?<!\w)(?:chưa|không|chẳng|chả)"
_EVER = r"(?: (?:từng|hề|bao giờ|chính thức|được|thể|phải|kịp|cùng))*"
DENIED = grammar(
    rf"{_NOT}(?:{_EVER}(?: (?:tiến hành|đặt vấn đề|xem xét|đi đến|đặt bút|tính chuyện|tính đến|nghĩ đến))?)*"
    r" (?:ký|thỏa thuận|kết nghĩa|hợp tác|(?:đặt|thiết lập|xác lập) quan hệ)(?!\w)|"
    rf"{_NOT}{_EVER}(?: (?:ghi nhận|tìm thấy|thấy))* (?:có|thiết lập|hình thành|xây dựng|xác lập|tồn tại|đạt|đạt được|"
    rf"đặt|ghi nhận|thấy|tìm thấy|dẫn tới|dẫn đến|đi tới|đi đến|ra được)(?!\w)[^;.]{{0,70}}?(?<!\w){_PAPER}(?!\w)|"
    r"(?<!\w)chưa được (?:(?:phía |bên )?[BYCFVO] )?(?:chấp thuận|đồng ý|tán thành|xem xét)|"
    r"(?<!\w)(?:không được xem xét|(?:không|chưa) xem xét|bác bỏ|phủ nhận|từ chối)(?!\w)|"
    r"(?<!\w)(?:không đúng sự thật|sai sự thật|(?:chưa|không) chính xác|không có cơ sở)(?!\w)|"
    r"(?<!\w)thì (?:chưa|không)(?=[,.;]|$)"
)
# Nobody speaks of it: a denial of signing, but nothing new after an end ("không ai nhắc chuyện ký lại").
NOBODY = grammar(
    r"(?<!\w)(?:chưa|không|chẳng) (?:ai|bên nào|phía nào)(?: \w+){1,5}? "
    r"(?:ký(?: kết)?(?! lại| tiếp| mới)|kết nghĩa|(?P<again>ký (?:lại|tiếp|mới)|gia hạn|nối lại))"
)
# Contacts that are no partnership yet, and no denial of one either.
BARELY = grammar(
    r"(?<!\w)(?:mới|chỉ)(?: mới| chỉ| đang)* (?:dừng(?: lại)?|ở (?:mức|giai đoạn)|trao đổi|gửi|nhắn gửi|gặp|qua lại|"
    r"tìm hiểu|thăm|"
    r"thăm dò|giao lưu|cử đoàn|là ý tưởng)(?!\w)|(?<!\w)dừng (?:lại )?ở (?:mức|việc|trao đổi|các|tiếp|gặp)"
)
# A wish that has not got far is a plan all the same: "kế hoạch kết nối với A mới dừng ở mức thăm dò".
WISH = grammar(any_of("kế hoạch|ý tưởng|đề xuất|dự thảo|ý định|đàm phán"))
OVER = grammar(
    any_of(
        "hết hiệu lực|hết hạn|hết thời hạn|hết giá trị|mất hiệu lực|mãn hạn|đáo hạn|trôi qua hạn|không còn|"
        "không còn (?:hiệu lực|giá trị)|(?:không|chưa)(?: ai| được)? gia hạn|không tiếp tục|chấm dứt|đã kết thúc|"
        "đã khép lại|dừng hợp tác|dừng thực hiện|dừng lại từ|tạm dừng|(?:tạm )?đình chỉ|ngừng|ngưng|gián đoạn|bị hủy|"
        "hủy bỏ|lỡ hẹn|thôi (?:quan hệ|thực hiện|hợp tác|kết nghĩa)"
    )
)
NOT_OVER = grammar(  # right before words of an end
    any_of(
        "sẽ|sắp(?! xếp)|còn|nữa|nếu|khi|đến khi|trước khi|sau khi|sau|cho đến|trường hợp|có thể|chuẩn bị|muốn|"
        "thông báo|tự động|tránh|không để|không bên nào|thay (?:cho|thế)(?! D)|bản cũ"
    )
)
RENEW = grammar(
    any_of(
        "gia hạn|kéo dài|nối lại|khôi phục|khởi động lại|làm mới|tái ký|ký (?:lại|tiếp|mới)|"
        "(?:văn bản|thỏa thuận|bản ghi nhớ|biên bản|chương trình) mới"
    )
)
PLAN = grammar(
    any_of(
        "sẽ|sắp(?! xếp)|sớm|định|dự kiến|dự định|ý định|kế hoạch|đặt mục tiêu|phấn đấu|hẹn|hứa|chủ trương|"
        "thống nhất chủ trương|hướng tới|hướng đến|tiến tới|tiến đến|đi đến ký|tiến hành ký|để ký|"
        "thúc đẩy (?:việc )?ký|tiếp tục ký|nhất trí (?:ký|việc|gia hạn)|thống nhất (?:ký|việc|gia hạn)|đồng ý|cho phép|"
        "xúc tiến|vận động|tìm kiếm|đàm phán|đang đàm phán|thương lượng|thương thảo|thảo luận|bàn|"
        "dự thảo|soạn|soạn thảo|rà|rà soát|lời văn|nội dung|hoàn thiện|đang sửa|lấy ý kiến|xin ý kiến|góp ý|trình|"
        "tham mưu|đề án|đề xuất|đề nghị|đề đạt|kiến nghị|gợi ý|đặt vấn đề|ngỏ lời|ngỏ ý|mời|thỉnh cầu|nguyện vọng|"
        "mong|mong muốn|muốn|bày tỏ|kỳ vọng|hy vọng|sẵn sàng|quan tâm|chờ|"
        "chuẩn bị|nghiên cứu|xem xét|tìm hiểu|khả năng|mở đường|tạo tiền đề|vạch|thiết lập mới|nâng cấp|nâng lên"
    )
)
LATE = grammar(
    any_of(
        "dời|lùi|hoãn|tạm hoãn|sẽ ký|sẽ được ký|chờ ký|chờ ngày ký|chưa được ký|dự định đặt bút|dự kiến (?:được )?ký|"
        "đang chờ|đang được đàm phán|rà lần cuối"
    )
)
AT_WORK = grammar(
    any_of(
        "thực hiện|triển khai|thực thi|thi hành|duy trì|theo|căn cứ|trong khuôn khổ|trên cơ sở|có hiệu lực|"
        "còn hiệu lực|kết quả|kiểm điểm|sơ kết|tổng kết|là"
    )
)
# An agreement that no mention names: "thỏa thuận hợp tác với F".
PAPER = grammar(
    r"(?<!\w)(?:thỏa thuận|ghi nhớ|ý định thư|văn bản hợp tác|hiệp định)(?: (?:hợp tác|hữu nghị|kết nghĩa|khung|"
    r"quốc tế))* "
    r"(?=(?:với|giữa)(?!\w))"
)
# An agreement pointed at, which no mention names: "bản ghi nhớ này".
THIS_PAPER = grammar(
    r"(?<!\w)(?:(?:bản |biên bản )?(?:ghi nhớ|thỏa thuận)|văn bản|văn kiện|hiệp định|chương trình|bản)[^A-Z,;.]{0,20} "
    r"(?:này|trên|nói trên|nêu trên|đó)(?!\w)"
)
TAKES_OVER = grammar(any_of("kế thừa|tiếp tục thực hiện|tiếp nhận thực hiện|tiếp quản"))
FROM_OTHER = grammar(any_of("do V|của V|kế thừa|nay"))
REPLACES = grammar(any_of("thay thế|thay cho"))
RESPECTIVELY = grammar(any_of("lần lượt|theo thứ tự|tương ứng"))
