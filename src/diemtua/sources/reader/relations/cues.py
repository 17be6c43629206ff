"""The words that state a partnership, and those that say it is planned, denied or over."""

from __future__ import annotations

from diemtua.sources.reader.patterns import any_of, grammar

# "ký" that is no signing: "đăng ký", "thư ký", "ký túc xá", "ký quỹ".
_SIGN = r"(?<!đăng )(?<!thư )(?<!nhật )(?<!chữ )(?<!bút )(?<!tốc )(?<!lưu )ký(?! túc| hiệu| quỹ| sinh| ức| sự| tên)"
_SIGNING = rf"(?<!\w)(?:{_SIGN}(?: kết)?|đặt bút|gia hạn|hạ bút|trao đổi văn kiện|trao văn kiện)(?!\w)"
SIGN = grammar(_SIGNING)
SIGNED_ALREADY = grammar(
    rf"(?<!\w)(?:đã|vừa|từng|mới|được)(?: (?:chính thức|cùng|cùng nhau|được|lần lượt|tiến hành))* {_SIGNING}|"
    rf"(?<!\w)(?:còn|đang có|đang còn|vẫn còn|vẫn) hiệu lực(?!\w)|(?<!\w)tổ chức lễ {_SIGN}|(?<!\w)đã có D"
)
# Words of working together, whatever paper stands behind it.
TOGETHER = grammar(
    any_of(
        "hợp tác|kết nghĩa|quan hệ hữu nghị|quan hệ|cơ chế(?! phối hợp)|nếp họp|liên kết|hội đàm thường niên|đồng hành|hữu nghị|bắt tay(?! ngay)|chung tay|kết nối|giao ban|"
        "cùng đào tạo|cùng nghiên cứu|kết bạn|nối vòng tay|sát cánh"
    )
)
# What a paper between parties is called when it is not named as one.
_PAPER = r"(?:thỏa thuận|văn bản|văn kiện|bản ghi nhớ|biên bản|ghi nhớ|cam kết|mou|hiệp định|quan hệ|hợp tác|kết nghĩa|ký|ký kết|liên kết|chữ ký|giấy tờ|D|gì)"
_NOT = r"(?<!\w)(?:chưa|không|chẳng|chả)"
DENIED = grammar(
    rf"{_NOT}(?: (?:từng|hề|bao giờ|chính thức|thể|được|phải|tiến hành|đặt vấn đề|xem xét|cùng|đi đến|kịp|đặt bút|tính chuyện|tính đến|nghĩ đến))* (?:ký|kết nghĩa|hợp tác|thỏa thuận|đặt quan hệ|thiết lập quan hệ|xác lập quan hệ)(?!\w)|"
    rf"{_NOT}(?: (?:từng|hề|bao giờ|chính thức|được|ghi nhận|tìm thấy|thấy))* (?:có|thiết lập|hình thành|xây dựng|xác lập|tồn tại|đạt|đạt được|ghi nhận|đặt|thấy|tìm thấy|dẫn tới|dẫn đến|đi tới|đi đến|ra được)(?!\w)[^;.]{{0,70}}?(?<!\w){_PAPER}(?!\w)|"
    r"(?<!\w)thì (?:chưa|không)(?=[,.;]|$)|(?<!\w)chưa được (?:(?:phía |bên )?[BYCFVO] )?(?:chấp thuận|đồng ý|tán thành)|(?<!\w)(?:bác bỏ|phủ nhận|từ chối|không được xem xét|chưa được xem xét|không xem xét|chưa xem xét|không đúng sự thật|sai sự thật|(?:chưa|không) chính xác|không có cơ sở)(?!\w)"
)
# Nobody speaks of it: a denial of signing, but nothing new after an end ("không ai nhắc chuyện ký lại").
NOBODY = grammar(
    r"(?<!\w)(?:chưa|không|chẳng) (?:ai|bên nào|phía nào)(?: \w+){1,5}? (?P<what>ký(?: kết)?(?: lại| tiếp| mới)?|gia hạn|nối lại|kết nghĩa)"
)
# Contacts that are no partnership yet, and no denial of one either.
BARELY = grammar(
    r"(?<!\w)(?:mới|chỉ)(?: mới| chỉ| đang)* (?:dừng(?: lại)?|ở mức|trao đổi|gửi|gặp|qua lại|tìm hiểu|thăm|nhắn gửi|thăm dò|giao lưu|cử đoàn|là ý tưởng)(?!\w)|"
    r"(?<!\w)dừng (?:lại )?ở (?:mức|việc|trao đổi|các|tiếp|gặp)"
)
# A wish that has not got far is a plan all the same: "kế hoạch kết nối với A mới dừng ở mức thăm dò".
ONLY_PLANNED = grammar(any_of("kế hoạch|ý tưởng|đề xuất|dự thảo|ý định"))
OVER = grammar(
    any_of(
        "thôi (?:quan hệ|thực hiện|hợp tác|kết nghĩa)|(?:tạm )?đình chỉ|dừng thực hiện|trôi qua hạn|hết hiệu lực|hết hạn|hết thời hạn|hết giá trị|mất hiệu lực|chấm dứt|không gia hạn|không ai gia hạn|không được gia hạn|chưa gia hạn|chưa được gia hạn|không còn hiệu lực|không còn giá trị|mãn hạn|đáo hạn|tạm dừng|"
        "dừng hợp tác|dừng lại từ|ngừng|ngưng|gián đoạn|bị hủy|hủy bỏ|đã kết thúc|không tiếp tục|lỡ hẹn|đã khép lại|không còn"
    )
)
NOT_OVER = grammar(
    any_of(
        "sẽ|sắp(?! xếp)|nếu|khi|trường hợp|có thể|trước khi|sau khi|chuẩn bị|muốn|thông báo|tự động|cho đến|đến khi|tránh|không để|còn|nữa|thay (?:cho|thế)(?! D)|bản cũ|không bên nào|sau"
    )
)
# Wishes to go on: "ngỏ ý kéo dài thêm", "đề nghị nối lại".
RENEW = grammar(
    any_of(
        "kéo dài|gia hạn|nối lại|khôi phục|khởi động lại|ký lại|ký tiếp|ký mới|làm mới|tái ký|(?:văn bản|thỏa thuận|bản ghi nhớ|biên bản|chương trình) mới"
    )
)
PLAN = grammar(
    any_of(
        "dự kiến|dự định|phấn đấu|sẽ|đề xuất|đề nghị|kiến nghị|hướng tới|tiến tới|hướng đến|tiến đến|xúc tiến|đàm phán|dự thảo|mong muốn|mong|muốn|bày tỏ|sẵn sàng|nghiên cứu|xem xét|khả năng|kế hoạch|"
        "chuẩn bị|thúc đẩy ký|thúc đẩy việc ký|sớm|tìm hiểu|kỳ vọng|hy vọng|mời|thảo luận|bàn|chủ trương|cho phép|đồng ý|đang hoàn thiện|hoàn thiện|trình|lấy ý kiến|ngỏ lời|ngỏ ý|góp ý|nhất trí việc|thống nhất việc|"
        "tham mưu|đặt vấn đề|đặt mục tiêu|gợi ý|nội dung|lời văn|quan tâm|vận động|tìm kiếm|sắp(?! xếp)|tiếp tục ký|xin ý kiến|ý định|nâng cấp|nâng lên|soạn|soạn thảo|rà soát|rà|định|đang đàm phán|"
        "chờ|mở đường|tạo tiền đề|đề án|vạch|hẹn|thiết lập mới|hứa|đề đạt|thỉnh cầu|nguyện vọng|để ký|tiến hành ký|đi đến ký|nhất trí ký|thống nhất ký|nhất trí gia hạn|thống nhất gia hạn|thống nhất chủ trương|đang sửa"
    )
)
LATE = grammar(
    any_of(
        "dời lễ ký|dời|lùi|phải lùi|lùi sang|lùi lại|hoãn|tạm hoãn|dời sang|sẽ được ký|sẽ ký|chờ ký|chờ ngày ký|chưa được ký|dự định đặt bút|dự kiến ký|dự kiến được ký|đang chờ|đang được đàm phán|rà lần cuối"
    )
)
AT_WORK = grammar(
    any_of(
        "thực hiện|triển khai|có hiệu lực|theo|trong khuôn khổ|căn cứ|duy trì|trên cơ sở|còn hiệu lực|thực thi|thi hành|kết quả|kiểm điểm|sơ kết|tổng kết|là"
    )
)
