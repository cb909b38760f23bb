"""Keywords in scripts written without spaces, found inside a run of letters.

Those of no kind only look like keywords: `号码` (number) is not `码` (code).
"""

from collections.abc import Iterator
from itertools import takewhile

from relay.otp import kinds
from relay.otp.lexicon import look_up

_STRONG = """
    验证码 校验码 认证码 确认码 动态码 动态密码 动态口令 短信口令 短信密码 一次性密码 激活码 登录码 取件码
    收货码 取货码 提货码 交易码 安全码 授权码 随机码 检验码 驗證碼 認證碼 確認碼 動態密碼 一次性密碼
    校驗碼 取件碼 取貨碼 授權碼 安全碼 啟用碼 簡訊密碼 登入碼 認証コード 認証番号 確認コード 確認番号
    本人確認番号 ワンタイム パスコード セキュリティコード ログインコード 暗証番号 検証コード 認証キー
    照合番号 受取コード 受取番号 인증번호 인증코드 확인코드 보안코드 로그인코드 일회용 본인확인번호
    확인번호 รหัสยืนยัน รหัสผ่านครั้งเดียว รหัสเข้าสู่ระบบ รหัสเปิดตู้ รหัสความปลอดภัย ລະຫັດຢືນຢັນ លេខកូដ
    အတည်ပြုကုဒ် 乘车码 上车码 核销码 提取码 开门码 开锁码 登錄碼 短信码 セキュリティ番号 解錠番号 開錠番号
    보안번호 임시번호 출입번호
"""
_PLAIN = """
    密码 密碼 口令 码 碼 コード パスワード 비밀번호 비번 코드 รหัสผ่าน รหัส โค้ด កូដ ລະຫັດ ကုဒ် 合言葉
"""
_PURPOSE = """
    登录 登入 登陆 注册 註冊 验证 驗證 認證 認証 确认 確認 激活 ログイン 登録 인증 로그인 본인확인 가입
    ยืนยัน เข้าสู่ระบบ ลงทะเบียน 绑定 解锁 重置 身份 授权 開通 綁定 解鎖 重設 解錠 再設定 재설정 해제
    สมัคร เปิดใช้งาน オートロック
"""
_ENTER = """
    请输入 輸入 输入 填写 入力 입력 กรอก ใส่ ป้อน 填入 键入 鍵入 出示 打ち込 お伝えください 말씀 พิมพ์
"""
_REQUESTER = """
    页面 頁面 网页 官网 画面 화면 หน้าเว็บ 骑手 司机 快递员 店员 窗口 視窗 運転手 기사님 คนขับ หน้าต่าง
"""
_LABEL = """
    單號碼 单号码 尾号 尾號 末四码 末四碼 末尾 账户 帳戶 賬戶 卡号 卡號 订单 訂單 单号 單號 快递 运单 户号
    水號 编号 編號 工单 电话 電話 号 號 账号 帐号 帳號 預約 预订 合同 航班 流水 帳單 账单 致电 拨打 热线
    客服 專線 房间 看診號 车次 座位 余额 番号 口座 部屋 便名 お問合せ お問い合わせ 번호 승인번호 편명 계좌
    누적 문의 전화 잔액 고객센터 บัญชี เลข เลขที่ หมายเลข เที่ยวบิน โทร พัสดุ ห้อง
"""
_PROMOTION = """
    优惠 优惠码 优惠券 优惠券码 券码 折扣码 邀请码 推荐码 優惠 優惠碼 優惠券 折扣碼 邀請碼 クーポン
    クーポンコード クーポン番号 割引コード 招待コード 紹介コード 쿠폰 쿠폰번호 쿠폰코드 할인 할인코드
    추천인코드 ส่วนลด โค้ดส่วนลด คูปอง
"""
_OTHER_CODE = """
    邮编 邮政编码 错误代码 郵遞區號 郵便番号 商品コード エラーコード 우편번호 오류코드 상품코드
    รหัสไปรษณีย์ รหัสลูกค้า
"""
_WARNING = """
    泄露 告知 透露 转发 轉發 索取 提供给 外洩 洩漏 教えないで 伝えないで お聞きする 알려주지 요구하지 노출
    공유하지 ห้ามบอก ไม่มีนโยบาย อย่าบอก
"""
_COPULA = """
    是 为 為 は が です คือ 입니다 는 은 គឺ ແມ່ນ မှာ
"""
_NOTHING = """
    号码 號碼 二维码 二維碼 扫码 掃碼 条码 條碼 代码 代碼 バーコード 바코드 手机号 手機號
"""

UNSPACED = {
    kinds.STRONG: _STRONG,
    kinds.PLAIN: _PLAIN,
    kinds.PURPOSE: _PURPOSE,
    kinds.ENTER: _ENTER,
    kinds.REQUESTER: _REQUESTER,
    kinds.LABEL: _LABEL,
    kinds.PROMOTION: _PROMOTION,
    kinds.OTHER_CODE: _OTHER_CODE,
    kinds.WARNING: _WARNING,
    kinds.COPULA: _COPULA,
    "": _NOTHING,
}
"""Words by kind; at each position the longest that matches is taken."""
_KINDS = {word: kind for kind, words in UNSPACED.items() for word in words.split()}
_LONGEST_FIRST: dict[str, list[str]] = {}
"""Words by their first letter."""
for _word in sorted(_KINDS, key=len, reverse=True):
    _LONGEST_FIRST.setdefault(_word[0], []).append(_word)


def find_words(run: str) -> Iterator[tuple[int, int, str]]:
    """Yield where the keywords of a run of letters start and end, and their kinds; ASCII is one word."""
    start = 0
    while start < len(run):
        if run[start].isascii():
            word = "".join(takewhile(str.isascii, run[start:]))
            kind, _ = look_up(word)
        else:
            word = next(
                (word for word in _LONGEST_FIRST.get(run[start], ()) if run.startswith(word, start)),
                run[start],
            )
            kind = _KINDS.get(word, "")
        if kind:
            yield start, start + len(word), kind
        start += len(word)
