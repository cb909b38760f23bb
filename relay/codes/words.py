# ruff: noqa: RUF001 - the words are of many scripts, and some of their letters look like Latin ones
"""The words that tell what a number near them is, in the languages that codes come in.

All lower case. `word*` stands for every word that begins so, `*word` for every word that ends so,
`one_word` for two words with a space, a hyphen or a slash between them. Latin and Greek words may
stand without their accents, Arabic ones without the variants of their letters: the reader folds both.
"""

STRONG = """
    otp otps totp passcode* tac mtan smstan pushtan chiptan one_time onetime single_use registration_key security_key access_key activation_key secure_key 2fa mfa
    verification_code security_code access_code login_code confirmation_code activation_code
    *bestätigungscode *verifizierungscode *sicherheitscode *freischaltcode *einmalcode einmalpasswor* einmalkennwort*
    *abholcode *anmeldecode *freigabecode *zugangscode
    *verificatiecode *inlogcode *afhaalcode
    *verifieringskod *engångskod *engangskode *engangskoden *bekræftelseskode *vahvistuskoodi *vahvistuskoodisi
    *kertakoodi kertakäyttö* *kinnituskood digicode*
    mã_xác ma_xac mã_otp ma_otp mã_đăng mã_kích ma_kich
    bestätigungsnummer prüfnummer onay_numarası *bekreftelseskode رقم_التحقق رقم_التأكيد رقم_التفعيل رقم_سري पुष्टि_संख्या सत्यापन_संख्या ٹی_پی οτπ ओटीपी ওটিপি ఓటీపీ ஓடிபி ઓટીપી ಒಟಿಪಿ ഒടിപി ਓਟੀਪੀ یکبارمصرف
"""
"""Said of codes only, or nearly so."""

PLAIN = """
    code codes *code pin pins nip pincode tan tans token tokens *token password* *password passwd pwd passphrase pass_code
    codigo* clave* contraseña* clé clés clef senha* chave passe codice codici parola* codi codis clau contrasenya* kontrolni_broj
    keypad lockbox keysafe key_safe *schlüsselsafe *schlüsselbox passwort* *passwort kennwort* *kennwort *schlüssel wachtwoord* *wachtwoord lösenord* *lösenord passord* *passord
    kod* *kod *koden *kode *kodea *koodi *koodisi *koodin kood* *kood *kód kóð* *kóði *kóðinn kôd* adgangskode*
    hasł* hasl* hesl* jelszó* jelszav* şifre* şifrə* zapork* lozink* gesl* parool* *parool klíč slaptažod* parol* salasan* tunnusluku*
    cod codul* fjalëkalim* nambari namba siri msimbo nenosiri pasahitza* sandi* laluan
    код* *код парол* пин пина пином пін шифр* лозинк* құпия* podtverzhdeniya
    κωδικ* συνθηματικ*
    رمز* الرمز* برمز بالرمز بالكود والرمز للرمز كود* الكود* بكود والكود السر السري مرور المرور
    کد کدی کدتان پین گذرواژه پسورد کوڈ پاس_ورڈ
    קוד הקוד בקוד לקוד והקוד קודך סיסמה סיסמא הסיסמה הסיסמא סיסמתך
    कोड* कोड़* पिन पासवर्ड पासकोड কোড* পিন পাসওয়ার্ড குறியீ* *குறியீடு கடவுச்சொல் கோட் కోడ్* పిన్ పాస్‌వర్డ్
    કોડ* ಕೋಡ್* കോഡ്* ਕੋਡ* කේතය කේත कोड
    կոդ* *կոդ գաղտնաբառ* კოდ* *კოდი პაროლ* ኮድ ኮድዎ ኮዱ የይለፍ
    mã mật_khẩu mat_khau
"""
"""Said of codes, and of other things too."""

ACT = """
    verif* vérif* authent* authoris* authoriz* confirm* activat* validat* enrol* login logins logon log_in log_on
    two_factor two_step 2_step connexion inscri* conexión connecter conectar identif* ident* legitim* autorisat* validation
    logging_in sign_in sign_on signing_in signin sign_up regist* reset unlock* pairing pair approve* temporary secret
    access pick_up pickup
    autentic* autoriz* autoris* confirma* conferma* validar valider activar activer ingresar iniciar acceso acceder
    entrar acesso accès accéder accesso accedere temporal temporaire temporanea temporaneo dinámica unica única
    bestätig* anmeld* einlogg* freigabe* freischalt* aktivier* zugang bevestig* inlogg* loggen aanmeld* ontgrendel* eenmalig*
    bekræft* bekreft* logga_in logge_ind logge_inn vahvist* tunnist* kirjaut* kertakäyttö*
    potwierdz* weryfik* autoryz* zalogow* logowan* jednorazow* ověř* overov* přihláš* prihlás* potvr* jednorázov*
    ellenőrz* belép* jóváhagy* megerős* egyszer autentificare conectare verificare
    doğrula* onay* giriş* aktivasyon* kullanımlık verifik* jednokratn* patvirtin* apstiprin* kinnit* egiazt* vërtet*
    verifikasi konfirmasi masuk aktivasi rahasia pengesahan uthibitisho tasdiq* təsdiq*
    xác_minh xác_thực xác_nhận đăng_nhập kích_hoạt xac_minh xac_thuc xac_nhan dang_nhap kich_hoat
    подтвер* подтверж* верифик* авториз* активац* вход* войти одноразов* проверочн* регистрац* получени*
    підтвер* верифік* увійти вхід входу потвърж* влизане потврд* растау баталгаажуулах
    επαλήθευσ* επιβεβαίωσ* σύνδεσ* συνδεθ* είσοδ* εισόδ* ταυτοποί* μιας_χρήσης
    التحقق تحقق التفعيل تفعيل التأكيد تأكيد الدخول دخول تسجيل لتسجيل التوثيق لتأكيد للتحقق لتفعيل لإتمام للدخول بالدخول تایید ورود فعالسازی پویا تصدیقی
    אימות לאימות התחברות כניסה לכניסה הכניסה אישור לאישור זמנית פעמי
    सत्यापन पंजीकरण लॉगिन प्रवेश प्रमाणीकरण पुष्टि যাচাইকরণ লগইন
"""
"""What one proves or opens with a code."""

ENTER = """
    opens open öffnet abre ouvre apre opent otwiera* otevř* otvár* nyílik nyit deschide* öppna* åbne* åpne* avautu* aukeaa
    открыва* відкрива* отваря* otvara* ανοίγ* açıl* يفتح باز_می נפתח* खुल* dibuka membuka
    tell_your tell_the give_your show enter entering type typing use using key_in insert respond quote submit
    ingres* muestr* introduz* introduc* introdu* digit* tecle* utiliz* use usa usar inserte inserta insir* inser* inserisc*
    escrib* escrev* scrivi* coloque marque dile diga informe saisi* composez montrez présentez entrez entrer tapez utilisez écriv* indiquez donnez_au
    eingeben geben_sie gib_den tippen eintippen nutzen verwenden benutzen nennen zeigen_sie schreiben voer invoeren gebruik* typ vul_in
    wpisz* wpisać pokaż przepisz* podaj wprowadź* użyj zadejte zadajte zadať napište uveďte írja írd üsse adja_meg használja
    använd* skriv* ange mata_in slå_in tast* indtast* brug bruk syötä kirjoita käytä unesite upišite ukucajte vnesite vpišite
    sisesta* ievadiet įveskite girin* yazın yazınız söyleyin iletin daxil masukkan masukan gunakan ketik tunjukkan
    nhập nhap ilagay gamitin i_enter ingiza enghiz kiriting енгізіңіз
    введите введи ввести вводите назовите назови покажите предъявите скажите скажи укажите используйте наберите набери сообщите_код
    введіть введи ввести назвіть вкажіть скажіть використайте въведете напишете користите внесите увядзіце
    πληκτρολογ* εισαγ* χρησιμοποι* δώστε أدخل ادخل أدخله أدخلي استخدم اكتب وارد הקש הקישי הקישו הקלד הקלידי הקלידו הזן הזיני הזינו להזין
    दर्ज डालें बताएँ প্রবেশ_করান লিখুন உள்ளிடவும் నమోదు daalein darj
"""
"""What one does with a code."""

ASKER = """
    site website web page webpage app screen field box prompt prompted browser driver rider courier desk agent counter
    página pagina sitio aplicación pantalla campo conductor chofer repartidor motorista entregador tela
    pages écran champ chauffeur livreur seite feld fahrer* app_oder webseite bildschirm schermo sito autista scherm
    strona stronie stronę aplikacj* kierowc* kurierowi stránce aplikaci řidiči oldalon mezőbe sofőr* pagina_web șofer*
    sidan webbplats* føraren sjåfør* siden kuljettaj* siteye sürücü* kuryenize uygulama* sayfa*
    сайт* странице приложени* водител* курьеру оператору кассе поле сайті застосунку водію курʼєру касі сайта
    ιστοσελίδα οθόνη εφαρμογή οδηγό الموقع صفحة التطبيق للمندوب السائق سایت صفحه پیک راننده برنامه
    אתר באתר לנהג לשליח באפליקציה ऐप पेज ड्राइवर situs halaman aplikasi pengemudi trang tài_xế
"""
"""Who or what takes a code that one enters or tells."""

LABEL = """
    order orders ref reference refno account accounts acct acc a_c card cards ending ended ends invoice ticket tickets
    booking reservation flight case tracking parcel shipment consignment awb waybill policy contract cheque check
    customer member membership meter call phone tel telephone helpline hotline dial whatsapp fax room gate seat
    flat apartment apt suite locker bus train coach iban utr txn transaction trace serial sn imei model version build
    node approval pnr balance amount total limit user uan id case complaint request stan rrn ip mandate umn upi
    fare car street road route lot ring puk
    *nummer *nummeret *szám numer číslo номер αριθμός numarası số nomor מספר رقم संख्या
    seguimiento siniestro facture sinistre riferimento prenotazione contratto polizza referentie boeking polis vlucht
    rezerwacj* umowa umowy zadzwoń spraw* zgłoszen* rezervac* smlouv* volejte symbol foglalás szerződés járat hívja
    rezervare zbor sunați bokning avtal* flyg bestilling referenz aktenzeichen обращение квитанци* заявлен* трек накладна
    ттн бронюван* телефонуйте κράτηση συμβόλαιο καλέστε τκ rezervasyon poliçe sözleşme uçuş arayın dosya
    حجز بوليصة عقد فاکتور رزرو قرارداد پرواز חשבונית אסמכתא טיסה פוליסה חייגו बुकिंग पॉलिसी ग्राहक tagihan kontrak
    penerbangan referensi
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

TEXTED = """
    text txt sms_to send reply envía envíe envie envia envoyez envoie sende senden stuur invia wyślij wyslij odešlete küldje
    trimite trimiteți skicka pošaljite pošlji отправьте отправь надішліть изпратете στείλε στείλτε gönder gönderin
    أرسل ارسل بفرستید שלח שלחו भेजें bhejein kirim hantar soạn gửi
"""
"""What one does with a word for a short number."""

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
    exit zip postal post postcode* zipcode* area country dialling dialing source error fault course product item conduct
    dress colour color tax bar barcode qr qrcode sort swift bic ifsc morse reader reviewer cheat student airport sku
    barras postale erreur errore fiscale cliente client postleitzahl plz fehler* produktcode streepjes* foutcode klient*
    pocztowy pocztow* kreskow* błęd* psč chyby clientului poștal poštanski posta hata müşteri
    ошибк* почтов* индекс індекс поштов* помилк* пощенск* региона πελάτη ταχυδρομ* σφάλμα*
    kundencode* товара клиента клієнта товару رهگیری ملی לקוח पिन_कोड pelanggan mã_đặt mã_giao mã_lỗi mã_đơn mã_vận
    البريدي بريدي پستی مشتری خطا מיקוד שגיאה pos poskod bưu_điện khách_hàng khach_hang
"""
"""Words that make a code beside them one of another kind: of a letter, a machine, a customer."""

WARN = """
    anyone anybody nobody nadie ninguém nessuno personne niemand* nimeni senkinek ingen någon noen nogen kenellekään
    kimse* κανέναν κανένα أحد لأحد کسی איש לאיש siapapun siapa किसी donner dire dirlo digas diga_a passe_para weitersag*
    share shared sharing disclose* reveal* forward ask asks asking never give giving tell telling
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
    with mit con avec com met med using ile
    it_s it_is is are es é è est ist lautet sind jest to este är er on je ir yra són és ваш твой твій это це є е είναι adalah ialah
    ay ni là la هو هی هي است ہے הוא היא है हल হল হলো է არის ది
"""
"""What joins a number to its name."""

UNIT = """
    s minute* min mins minut* мин минут* хв хвилин* dk dakika* hour* hrs std stunde* heure* hora* ore godz час часа часов
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
    "X": SPOIL, "D": SHOP, "N": LABEL, "T": TEXTED, "W": WARN, "U": UNIT, "M": MONTH, "K": COPULA,
    "H": ASKER, "E": ENTER, "A": ACT, "C": PLAIN, "S": STRONG,
}  # fmt: skip
"""Words of scripts with spaces, by kind; the later kind has a word that stands in two."""

UNSPACED = {
    "S": """
        验证码 校验码 认证码 确认码 动态码 动态密码 动态口令 短信口令 短信密码 一次性密码 激活码 登录码 取件码 收货码 取货码
        提货码 交易码 安全码 授权码 随机码 检验码
        驗證碼 認證碼 確認碼 動態密碼 一次性密碼 校驗碼 取件碼 取貨碼 授權碼 安全碼 啟用碼 簡訊密碼 登入碼
        認証コード 認証番号 確認コード 確認番号 本人確認番号 ワンタイム パスコード セキュリティコード ログインコード 暗証番号
        検証コード 認証キー 照合番号 受取コード 受取番号
        인증_번호 인증_코드 확인_코드 보안_코드 로그인_코드 일회용 본인확인_번호 확인_번호
        รหัสยืนยัน รหัสผ่านครั้งเดียว รหัสเข้าสู่ระบบ รหัสเปิดตู้ รหัสความปลอดภัย ລະຫັດຢືນຢັນ លេខកូដ အတည်ပြုကုဒ်
    """,
    "C": "密码 密碼 口令 码 碼 コード パスワード 비밀번호 비번 코드 รหัสผ่าน รหัส โค้ด កូដ ລະຫັດ ကုဒ်",
    "A": """
        登录 登入 登陆 注册 註冊 验证 驗證 認證 認証 确认 確認 激活 ログイン 登録 인증 로그인 본인확인 가입 ยืนยัน เข้าสู่ระบบ
        ลงทะเบียน
    """,
    "E": "请输入 輸入 输入 填写 入力 입력 กรอก ใส่ ป้อน",
    "H": "页面 頁面 网页 官网 画面 화면 หน้าเว็บ 骑手 司机 快递员 店员",
    "N": """
        單號碼 单号码
        尾号 尾號 末四码 末四碼 末尾 账户 帳戶 賬戶 卡号 卡號 订单 訂單 单号 單號 快递 运单 户号 水號 编号 編號 工单 电话 電話
        号 號 账号 帐号 帳號 預約 预订 合同 航班 流水 帳單 账单 致电 拨打 热线 客服 專線 房间 看診號 车次 座位 余额
        番号 口座 部屋 便名 お問合せ お問い合わせ
        번호 승인_번호 편명 계좌 누적 문의 전화 잔액 고객센터 บัญชี เลข เลขที่ หมายเลข เที่ยวบิน โทร พัสดุ ห้อง
    """,
    "D": """
        优惠 优惠码 优惠券 优惠券码 券码 折扣码 邀请码 推荐码 優惠 優惠碼 優惠券 折扣碼 邀請碼
        クーポン クーポンコード クーポン番号 割引コード 招待コード 紹介コード
        쿠폰 쿠폰_번호 쿠폰_코드 할인 할인_코드 추천인_코드 ส่วนลด โค้ดส่วนลด คูปอง
    """,
    "X": "邮编 邮政编码 错误代码 郵遞區號 郵便番号 商品コード エラーコード 우편_번호 오류_코드 상품_코드 รหัสไปรษณีย์ รหัสลูกค้า",
    "W": """
        泄露 告知 透露 转发 轉發 索取 提供给 外洩 洩漏 教えないで 伝えないで お聞きする 알려주지 요구하지 노출 공유하지 ห้ามบอก
        ไม่มีนโยบาย อย่าบอก
    """,
    "K": "是 为 為 は が です คือ 입니다 는 은 គឺ ແມ່ນ မှာ",
    "": "号码 號碼 二维码 二維碼 扫码 掃碼 条码 條碼 代码 代碼 バーコード 바코드 手机号 手機號",
}
"""Words of scripts without spaces, by kind; those of no kind only look like one of another;
`_` is a space or nothing."""
