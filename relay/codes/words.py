# ruff: noqa: RUF001 - the words are of many scripts, and some of their letters look like Latin ones
"""The words that tell what a number near them is, in the languages that codes come in.

All lower case. `word*` stands for every word that begins so, `*word` for every word that ends so,
`one_word` for two words with a space, a hyphen or a slash between them. Latin and Greek words may
stand without their accents, Arabic ones without the variants of their letters: the reader folds both.
"""

STRONG = """
    otp otps totp passcode* tac mtan smstan pushtan chiptan one_time onetime single_use registration_key security_key access_key activation_key 2fa mfa
    verification_code security_code access_code login_code confirmation_code activation_code
    *bestätigungscode *verifizierungscode *sicherheitscode *freischaltcode *einmalcode einmalpasswor* einmalkennwort*
    *abholcode *anmeldecode *freigabecode *zugangscode
    *verificatiecode *inlogcode *afhaalcode
    *verifieringskod *engångskod *engangskode *engangskoden *bekræftelseskode *vahvistuskoodi *vahvistuskoodisi
    *kertakoodi kertakäyttö* *kinnituskood digicode*
    mã_xác ma_xac mã_otp ma_otp mã_đăng mã_kích ma_kich
    οτπ ओटीपी ওটিপি ఓటీపీ ஓடிபி ઓટીપી ಒಟಿಪಿ ഒടിപി ਓਟੀਪੀ یکبارمصرف
"""
"""Said of codes only, or nearly so."""

PLAIN = """
    code codes *code pin pins pincode tan tans token tokens password* passwd pwd passphrase pass_code
    codigo* clé clef clave claves contraseña* senha* passe palavra_passe codice codici parola parole codi codis
    *schlüssel passwort* kennwort* losungswort wachtwoord* toegangscode lösenord* adgangskode* passord* salasana*
    *kod *koden *kode *kodea *koodi *koodisi *koodin koodia kodou
    kodu kodun kodum kodunu kodunuz* kodem kodzie kodom kody kodi kodini kodingiz* kods koda kodą kodas kodo kodą kood
    kód kódu kódem kódom kódod* kódja kódját kódot ellenőrzőkód* *kód
    hasło hasła heslo hesla heslem jelszó* jelszav* şifre* lozink* geslo geslom parool slaptažod* parol paroli
    cod codul codului parolă parolei parola
    код кода коду кодом коде коды кодом кодът кодът кодот кодын кодыңыз* кодты коди
    пароль пароля паролем паролю парола паролата пин пина пином пін лозинк* шифр құпия
    podtverzhdeniya
    κωδικός κωδικό κωδικού κωδικοί συνθηματικό
    رمز* الرمز* برمز والرمز للرمز كود* الكود* بكود والكود کد کدی کدتان پین گذرواژه پسورد المرور السر کوڈ پن
    קוד הקוד בקוד לקוד קודך סיסמה סיסמא הסיסמה סיסמתך
    कोड कोड़ पिन पासवर्ड पासकोड কোড পিন পাসওয়ার্ড குறியீடு* *குறியீடு கடவுச்சொல் கோட் కోడ్ పిన్ పాస్‌వర్డ్ કોડ ಕೋಡ್ കോഡ്
    ਕੋਡ കോഡ കോഡ് කේතය කේත
    կոդ* գաղտնաբառ* კოდი* *კოდი პაროლი* ኮድ ኮድዎ ኮዱ የይለፍ
    mã mật_khẩu mat_khau nambari msimbo nenosiri pasahitza kodea
"""
"""Said of codes, and of other things too."""

ACT = """
    verif* vérif* authent* authoris* authoriz* confirm* activat* validat* enrol* login logins logon log_in log_on
    logging_in sign_in sign_on signing_in signin sign_up regist* reset unlock* pairing pair approve* temporary secret
    access pick_up pickup
    autentic* autoriz* autoris* confirma* conferma* validar valider activar activer ingresar iniciar acceso acceder
    entrar acesso accès accéder accesso accedere temporal temporaire temporanea temporaneo dinámica unica única
    bestätig* anmeld* einlogg* freigabe* freischalt* aktivier* zugang bevestig* inlogg* aanmeld* ontgrendel* eenmalig*
    bekræft* bekreft* logga_in logge_ind logge_inn vahvist* tunnist* kirjaut* kertakäyttö*
    potwierdz* weryfik* autoryz* zalogow* logowan* jednorazow* ověř* overov* přihláš* prihlás* potvr* jednorázov*
    ellenőrz* belép* jóváhagy* megerős* egyszer autentificare conectare verificare
    doğrula* onay* giriş* aktivasyon* kullanımlık verifik* jednokratn* patvirtin* apstiprin* kinnit* egiazt* vërtet*
    verifikasi konfirmasi masuk aktivasi rahasia pengesahan uthibitisho tasdiq* təsdiq*
    xác_minh xác_thực xác_nhận đăng_nhập kích_hoạt xac_minh xac_thuc xac_nhan dang_nhap kich_hoat
    подтвер* подтверж* верифик* авториз* активац* вход* войти одноразов* проверочн* регистрац* получени*
    підтвер* верифік* увійти вхід входу потвърж* влизане потврд* растау баталгаажуулах
    επαλήθευσ* επιβεβαίωσ* σύνδεσ* συνδεθ* είσοδ* εισόδ* ταυτοποί* μιας_χρήσης
    التحقق تحقق التفعيل تفعيل التأكيد تأكيد الدخول دخول تسجيل لتسجيل التوثيق تایید ورود فعالسازی پویا تصدیقی
    אימות לאימות התחברות כניסה לכניסה הכניסה אישור לאישור זמנית פעמי
    सत्यापन पंजीकरण लॉगिन प्रवेश प्रमाणीकरण पुष्टि যাচাইকরণ লগইন
"""
"""What one proves or opens with a code."""

ENTER = """
    enter entering type use key_in insert respond quote
    ingresa ingrese introduz* introduc* introdu* digit* teclee utiliz* use usa insir* inserisc* inserire inser*
    saisis* saisir entrez tapez utilisez eingeben gib tippen nutzen verwenden voer gebruik typ
    wpisz* przepisz* podaj zadejte zadajte írja üsse skriv_in ange indtast tast brug bruk syötä unesite upišite
    giriniz girin yazın masukkan masukan gunakan ketik nhập nhap ilagay gamitin
    введите введи назовите укажите используйте набери введіть назвіть вкажіть въведете унесите
    πληκτρολογ* εισάγετε εισαγάγετε χρησιμοποι* أدخل ادخل استخدم وارد הקש הקישי הקישו הזן הזיני הזינו दर्ज डालें
"""
"""What one does with a code."""

LABEL = """
    order orders ref reference refno account accounts acct acc a_c card cards ending ended ends invoice ticket tickets
    booking reservation flight case tracking parcel shipment consignment awb waybill policy contract cheque check
    customer member membership meter call phone tel telephone mobile helpline hotline dial whatsapp fax room gate seat
    flat apartment apt suite locker bus train coach iban utr txn transaction trace serial sn imei model version build
    node auth approval pnr balance amount total limit user uan id case complaint request stan rrn ip mandate umn upi
    voucher_no fare car street road exit
    pedido orden cuenta tarjeta factura reserva vuelo guía envío terminada terminado termina llame llama teléfono
    referencia operación contrato póliza socio placa expediente parte sorteo conta cartão fatura encomenda ligue
    telefone protocolo referência entidade final apólice commande compte carte colis suivi terminant finissant dossier
    réf référence téléphone appelez vol contrat voiture
    bestellung konto karte rechnung sendung sendungsnummer vertrag vertragsnr kundennummer kundennr vorgang telefon
    anruf auftrag buchung flug gleis wagen platz zähler endziffern endet kennzeichen wartenummer hotline
    ordine conto carta fattura spedizione pacco pratica chiama telefono volo carrozza posto treno bolletta
    bestelling rekening kaart factuur pakket klantnummer bel zending
    zamówienie rachunek rach rachunku karta karty paczka paczki przesyłka faktura infolinia kurier polisa polisy
    zásilka účet účtu objednávka kurýr vs rendelés számla kártya csomag ügyfélszám telefonszám futár
    comanda cont contul apelați curier beställning kort paket kundnr ordre pakke kundenr puh tilaus paketti lasku
    sipariş hesap kart takip kargo kargonuz abone plaka daire oda kurye
    заказ заказа заказу карта карты карту карте счет счета посылка посылки посылку договор договора договору тел
    телефон телефону рейс место каб кв квартира баланс бронь л_с звоните курьер накладная полис заявка решение вагон
    номере замовлення картка картки рахунок посилка посилку договір поръчка сметка пратка рачун račun porudžbina
    παραγγελία λογαριασμός λογαριασμού κάρτα κάρτας δέμα τηλ τηλέφωνο πτήση αποστολή τιμολόγιο επικοινωνία
    حساب حسابك الحساب بطاقة بطاقتك البطاقة فاتورة فاتورتك شحنة شحنتك طلب طلبك هاتف اتصل المندوب رحلة کارت سفارش مرسوله
    تلفن قبض پیگیری نوبت واحد اکاؤنٹ
    חשבון כרטיס הזמנה הזמנתך חבילה משלוח טלפון שליח תור חדר דירה לבירורים המסתיים
    खाता खाते कार्ड ऑर्डर पार्सल हेल्पलाइन फोन बिल একাউন্ট অ্যাকাউন্ট কার্ড অর্ডার கணக்கு ఖాతా khata
    pesanan kartu hub hubungi resi loker kamar ruang saldo akaun tk stk thẻ đơn phòng phong
"""
"""Names of other things, which a number just after them belongs to."""

SHOP = """
    promo* coupon* voucher* discount* referral* gift sale deal bogo cashback off reward* invite
    descuento* cupón cupom desconto* oferta rebaja* remise* réduction* avantage parrain*
    gutschein* rabatt* aktionscode* sconto sconti korting* actiecode* rabatow* zniżk* promoc* slevov* kupon*
    kuponkód* kedvezmény reducer* popust* alennus* indirim* kampanya*
    промо* скидк* купон* знижк* отстъпка попуст εκπτωτ* κουπόν* προσφορ*
    خصم الخصم قسيمة كوبون تخفیف קופון הנחה מבצע कूपन* छूट কুপন ছাড় diskon* diskaun potongan giảm khuyến giam khuyen
"""
"""Words of shops: a code near them is worth money and opens nothing."""

SPOIL = """
    zip postal post postcode* zipcode* area country dialling dialing source error fault course product item conduct
    dress colour color tax bar barcode qr qrcode sort swift bic ifsc morse reader reviewer cheat student airport sku
    barras postale erreur errore fiscale cliente client postleitzahl plz fehler* produktcode streepjes* foutcode klient*
    pocztowy pocztow* kreskow* błęd* psč chyby clientului poștal poštanski posta hata müşteri
    ошибк* почтов* индекс індекс поштов* помилк* пощенск* региона πελάτη ταχυδρομ* σφάλμα*
    البريدي بريدي پستی مشتری خطا מיקוד שגיאה pos poskod bưu_điện khách_hàng khach_hang
"""
"""Words that make a code beside them one of another kind: of a letter, a machine, a customer."""

WARN = """
    share shared sharing disclose* reveal* forward ask asks asked asking never give giving tell telling
    compart* revele* nunca jamás pedir pediremos pida comuni* divulg* facilit* informe pede partag* communiqu* jamais
    demand* transmett* weiter* gib_ihn niemals nie verlang* fragen condivid* chieder* mai deel delen vragen nooit
    podawaj* przekazuj* nikomu nigdy nesděl* nikdy adja soha divulga dela aldrig del aldri jaa kerro
    paylaş* asla istemez söyle* berikan bagikan pernah jangan dedahkan ibahagi cung_cấp cung_cap chia_sẻ không khong
    сообщайте сообщать говорите никому никогда передавайте просит называйте повідомляйте кажіть нікому ніколи
    споделяйте nikome otkrivajte delite soobshayte nikomu
    ποτέ αποκαλύπτ* μοιραστ* δώσετε تشارك* مشاركة تفصح نطلب أبدا ندهید قرار بتائیں למסור תמסור לשתף נבקש לעולם
    साझा बताएं मांगता batayein mangta জানাবেন
"""
"""Words of the warning that stands beside codes, and often without one."""

COPULA = """
    is are es é è est ist lautet sind jest to este är er on je ir yra són és ваш твой твій это це є е είναι adalah ialah
    ay ni là la هو هی هي است ہے הוא היא है हल হল হলো է არის ది
"""
"""What joins a number to its name."""

UNIT = """
    minute* min mins minut* мин минут* хв хвилин* dk dakika* hour* hrs std stunde* heure* hora* ore godz час часа часов
    day days tage tagen jour* día* dias dni дней дня months month years year ans años anos лет
    sec secs second* mb gb kb tb мб гб km mm kg ml kwh kcal cal bpm
    points point pts punkte* puntos pontos punti punkt* балл* бонус* pt mile miles meter* step* schritte people person*
    guest* user* time times email* item* vote* spam calorie* gradini litre*
    دقیقه دقيقة دقائق دقיקות מינוט दקות मिनट মিনিট phút phut menit mnt minit
"""
"""What a number just before them counts."""

MONTH = """
    january february march april may june july august september october november december jan feb mar apr jun jul aug
    sep sept oct nov dec enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre
    janeiro fevereiro março maio junho julho setembro outubro novembro dezembro janvier février mars avril mai juin
    juillet août septembre octobre novembre décembre januar februar märz juni juli oktober dezember gennaio febbraio
    aprile maggio giugno luglio settembre ottobre dicembre stycznia lutego marca kwietnia maja czerwca lipca sierpnia
    września października listopada grudnia января февраля марта апреля мая июня июля августа сентября октября ноября
    декабря червня липня травня серпня вересня ocak şubat mart nisan mayıs haziran temmuz ağustos eylül ekim kasım
    aralık ιουνίου ιουλίου μαΐου يونيو يوليو مايو januari februari maret mei agustus desember जून मई जुलाई
"""
"""A year stands beside them."""

SPACED = {
    "X": SPOIL, "D": SHOP, "N": LABEL, "W": WARN, "U": UNIT, "M": MONTH, "K": COPULA,
    "E": ENTER, "A": ACT, "C": PLAIN, "S": STRONG,
}  # fmt: skip
"""Words of scripts with spaces, by kind; the later kind has a word that stands in two."""

UNSPACED = {
    "S": """
        验证码 校验码 认证码 确认码 动态码 动态密码 动态口令 短信口令 短信密码 一次性密码 激活码 登录码 取件码 收货码 取货码
        提货码 交易码 安全码 授权码 随机码 检验码
        驗證碼 認證碼 確認碼 動態密碼 一次性密碼 校驗碼 取件碼 取貨碼 授權碼 安全碼 啟用碼 簡訊密碼 登入碼
        認証コード 認証番号 確認コード 確認番号 本人確認番号 ワンタイム パスコード セキュリティコード ログインコード 暗証番号
        検証コード 認証キー
        인증번호 인증코드 확인코드 보안코드 로그인코드 일회용 본인확인번호 확인번호
        รหัสยืนยัน รหัสผ่านครั้งเดียว รหัสเข้าสู่ระบบ รหัสเปิดตู้ รหัสความปลอดภัย ລະຫັດຢືນຢັນ លេខកូដ အတည်ပြုကုဒ်
    """,
    "C": "密码 密碼 口令 码 碼 コード パスワード 비밀번호 비번 코드 รหัสผ่าน รหัส โค้ด កូដ ລະຫັດ ကုဒ်",
    "A": """
        登录 登入 登陆 注册 註冊 验证 驗證 認證 認証 确认 確認 激活 ログイン 登録 인증 로그인 본인확인 가입 ยืนยัน เข้าสู่ระบบ
        ลงทะเบียน
    """,
    "E": "请输入 輸入 输入 填写 入力 입력 กรอก ใส่",
    "N": """
        尾号 尾號 末四码 末四碼 末尾 账户 帳戶 賬戶 卡号 卡號 订单 訂單 单号 單號 快递 运单 户号 水號 编号 編號 工单 电话 電話
        致电 拨打 热线 客服 專線 房间 看診號 车次 座位 余额
        伝票番号 お客様番号 予約番号 受付番号 会員番号 注文番号 口座 部屋 便名 お問合せ お問い合わせ
        운송장번호 예약번호 주문번호 회원번호 계좌 승인번호 승인 누적 문의 전화 잔액 고객센터 บัญชี เลขที่ โทร พัสดุ ห้อง
    """,
    "D": """
        优惠 优惠码 优惠券 优惠券码 券码 折扣码 邀请码 推荐码 優惠 優惠碼 優惠券 折扣碼 邀請碼
        クーポン クーポンコード クーポン番号 割引コード 招待コード 紹介コード
        쿠폰 쿠폰번호 쿠폰코드 할인 할인코드 추천인코드 ส่วนลด โค้ดส่วนลด คูปอง
    """,
    "X": "邮编 邮政编码 郵遞區號 郵便番号 우편번호 รหัสไปรษณีย์",
    "W": """
        泄露 告知 透露 转发 轉發 索取 提供给 外洩 洩漏 教えないで 伝えないで お聞きする 알려주지 요구하지 노출 공유하지 ห้ามบอก
        ไม่มีนโยบาย อย่าบอก
    """,
    "K": "是 为 為 は が です คือ 입니다 는 은 គឺ ແມ່ນ မှာ",
    "": "号码 號碼 二维码 二維碼 扫码 掃碼 条码 條碼 代码 代碼 バーコード 바코드",
}
"""Words of scripts without spaces, by kind; those of no kind only look like one of another."""
