# ruff: noqa: RUF001 - the words are of many scripts, and some of their letters look like Latin ones
"""The words that people use about codes, in the languages that codes come in.

All lower case. `word*` stands for every word that begins so, `*word` for every longer one that ends so,
`one_word` for two words with one character between them. Latin and Greek words may stand without their
accents in a text, Arabic ones with other forms of a letter.
"""

from collections.abc import Mapping

from relay.codes import kinds

_COPULA = """
    with mit con avec com met med ile it_s it_is is are es é è est ist lautet sind jest to este är er on
    je ir yra són és ваш твой твій это це є е είναι adalah ialah ay ni là la هو هی هي است ہے הוא היא है हल
    হল হলো է არის ది le છે आहे ಆಗಿದೆ ആണ് ਹੈ el il dem den der
"""
_WARN = """
    anyone anybody nobody nadie ninguém nessuno personne niemand* nimeni senkinek ingen någon noen nogen
    kenellekään kimse* κανέναν κανένα أحد لأحد کسی איש לאיש siapapun siapa किसी donner dire dirlo digas
    diga_a passe_para weitersag* share shared sharing disclose* reveal* forward ask asks asking never give
    giving tell telling compart* revele* nunca jamás pedir pediremos pida divulg* pede partag* communiqu*
    jamais transmett* gib_ihn niemals verlang* fragen condivid* chieder* deel delen vragen nooit podawaj*
    przekazuj* nikomu nigdy nesděl* nikdy adja soha dela aldrig aldri jaa kerro paylaş* asla istemez
    söyle* berikan bagikan pernah jangan dedahkan ibahagi cung_cấp cung_cap chia_sẻ không khong сообщайте
    сообщать говорите никому никогда передавайте просит называйте повідомляйте кажіть нікому ніколи
    споделяйте nikome otkrivajte delite soobshayte ποτέ αποκαλύπτ* μοιραστ* δώσετε تشارك* مشاركة تفصح نطلب
    أبدا ندهید قرار بتائیں למסור תמסור לשתף נבקש לעולם साझा बताएं मांगता batayein mangta জানাবেন del_aldri
    del_den del_ikke ikke_del weiter weiterg* demander* comunic* facilite* nie_weiter nie_an nie_mit quote
"""
_ASKER = """
    site website web page webpage app screen field box prompt prompted browser driver rider courier desk
    agent counter página pagina sitio aplicación pantalla campo conductor chofer repartidor motorista
    entregador tela pages écran champ chauffeur livreur seite feld fahrer* webseite bildschirm schermo
    sito autista scherm strona stronie stronę aplikacj* kierowc* kurierowi stránce aplikaci řidiči oldalon
    mezőbe sofőr* șofer* sidan webbplats* føraren sjåfør* siden kuljettaj* siteye sürücü* kuryenize
    uygulama* sayfa* сайт* странице приложени* водител* курьеру оператору кассе поле застосунку водію
    курʼєру касі ιστοσελίδα οθόνη εφαρμογή οδηγό الموقع صفحة التطبيق للمندوب السائق سایت صفحه پیک راننده
    برنامه אתר באתר לנהג לשליח באפליקציה ऐप पेज ड्राइवर situs halaman aplikasi pengemudi trang tài_xế
    window pad host adviser fenster fenêtre ventana janela finestra venster chauffören chaufføren chauffør
    rutan vinduet ikkunaan oknie okna okno okně okne ablakba fereastra prozor vozaču prozoru παράθυρο
    pencereye şoföre окно окне таксист* шофёр* вікно вікні النافذة پنجره חלון בחלון विंडो উইন্ডোতে cửa_sổ
    jendela kiosk reception
"""
_ENTER = """
    opens open öffnet abre ouvre apre opent otwiera* otevř* otvár* nyílik nyit deschide* öppna* åbne*
    åpne* avautu* aukeaa открыва* відкрива* отваря* otvara* ανοίγ* açıl* يفتح باز_می נפתח* खुल* dibuka
    membuka tell_your tell_the give_your show enter entering type typing use using key_in respond submit
    ingres* muestr* introduz* introduc* introdu* digit* tecle* utiliz* usa usar insir* inser* escrib*
    escrev* scrivi* coloque marque dile diga informe saisi* composez montrez présentez entrez entrer tapez
    utilisez écriv* indiquez donnez_au eingeben geben_sie gib_den tippen eintippen nutzen verwenden
    benutzen nennen zeigen_sie schreiben voer invoeren gebruik* typ vul_in wpisz* wpisać pokaż przepisz*
    podaj wprowadź* użyj zadejte zadajte zadať napište uveďte írja írd üsse adja_meg használja använd*
    skriv* ange mata_in slå_in tast* indtast* brug bruk syötä kirjoita käytä unesite upišite ukucajte
    vnesite vpišite sisesta* ievadiet įveskite girin* yazın yazınız söyleyin iletin daxil masukkan masukan
    gunakan ketik tunjukkan nhập nhap ilagay gamitin ingiza kiriting енгізіңіз введите введи ввести
    вводите назовите назови покажите предъявите скажите скажи укажите используйте наберите набери введіть
    назвіть вкажіть скажіть використайте въведете напишете користите внесите увядзіце πληκτρολογ* εισαγ*
    χρησιμοποι* δώστε أدخل ادخل أدخله أدخلي استخدم اكتب وارد הקש הקישי הקישו הקלד הקלידי הקלידו הזן הזיני
    הזינו להזין दर्ज डालें बताएँ প্রবেশ_করান লিখুন உள்ளிடவும் నమోదు daalein darj punch tap pop recite
    read_out fill_in please_quote tippe eintragen trage übermitteln nenne nenn sag_dem zeige öffnest
    renseign* inscrivez ouvrez pon ponga pulse dicta dicte fale mostre apresente immetti immetta mostra
    mostri usi tik toets noem knappa uppge säg fyll_i slå_inn slå_ind oppgi oplys näppäile naputtele näytä
    įvesk ievadi wklep wstukaj powiedz odczytaj okaż zadej vyťukej* naťukej* opište opiš napiš řekni
    řekněte ukažte sdělte zadaj napíš povedzte ukážte pötyög* mondd mondja mutasd mutassa tastați tastează
    spuneți spune arătați arată upiši utipkaj* ukucaj* reci pokaži pokažite vpiši povejte въведи кажете
    покажете внеси унесите укуцај* вбейте вбей впишите впиши сообщите продиктуйте вбийте впишіть повідомте
    γράψτε γράψε πείτε πες deyin söyleyiniz قل أعط أعطه أخبر تایپ بنویسید بگویید אמור מסור הראה बोलें
    लिखें टाइप भरें टाका टाईप টাইপ தட்டச்சு உள்ளிடுக టైప్ ఎంటర్ చెప్పండి દાખલ ನಮೂದಿಸಿ നൽകുക ਦਰਜ gõ đọc
    ketikkan sebutkan taip sabihin մուտքագրեք درج schaltet provide or_quote and_quote verwende benutze
    nutze zeigen zeig vorzeigen vorlegen angeben taper composer utiliser indiquer présenter montrer
    fournissez utilice presenta indica indique proporciona informar forneça presenti fornisci toon geef
    meld tryck kasuta näita trüki naudokite parodykite suveskite pateikite izmantojiet uzrādiet lietojiet
    parādiet przedstaw použijte vložte předložte použite predložte gépelje vigye folosiți scrieți
    prezentați menționați koristite predočite uporabite използвайте посочете внесете користете вставьте
    наберіть покажіть вставте выкарыстоўвайце δείξτε βάλτε kullanın kullanınız gösterin tuşlayın belirtin
    استخدمي أظهر أبرز بدهید השתמש הצג ציין הכנס प्रयोग उपयोग इस्तेमाल दिखाएं दिखाएँ ব্যবহার দেখান
    பயன்படுத்தவும் பயன்படுத்துங்கள் காட்டவும் ఉపయోగించండి చూపించండి વાપરો ಬಳಸಿ ഉപയോഗിക്കുക ਵਰਤੋ ਭਰੋ weka
    tumia onyesha ipakita შეიყვანეთ გამოიყენეთ օգտագործեք пайдаланыңыз көрсетіңіз gib_dem
"""
_ACT = """
    verif* vérif* authent* confirm* activat* validat* enrol* login logins logon log_in log_on two_factor
    two_step 2_step connexion inscri* conexión connecter conectar identif* legitim* logging_in sign_in
    sign_on signing_in signin sign_up regist* reset unlock* pairing pair approve* temporary secret access
    pick_up pickup autentic* confirma* conferma* validar valider activar activer ingresar iniciar acceso
    acceder entrar acesso accès accéder accesso accedere temporal temporaire temporanea temporaneo
    dinámica unica única bestätig* anmeld* einlogg* freigabe* freischalt* aktivier* zugang bevestig*
    inlogg* loggen aanmeld* ontgrendel* eenmalig* bekræft* bekreft* logga_in logge_ind logge_inn vahvist*
    tunnist* kirjaut* potwierdz* weryfik* zalogow* logowan* jednorazow* ověř* overov* přihláš* prihlás*
    potvr* jednorázov* ellenőrz* belép* jóváhagy* megerős* egyszer autentificare conectare doğrula* onay*
    giriş* aktivasyon* kullanımlık verifik* jednokratn* patvirtin* apstiprin* kinnit* egiazt* vërtet*
    konfirmasi masuk aktivasi rahasia pengesahan uthibitisho tasdiq* təsdiq* xác_minh xác_thực xác_nhận
    đăng_nhập kích_hoạt xac_minh xac_thuc xac_nhan dang_nhap kich_hoat подтвер* подтверж* верифик*
    авториз* активац* вход* войти одноразов* проверочн* регистрац* получени* підтвер* верифік* увійти вхід
    потвърж* влизане потврд* растау баталгаажуулах επαλήθευσ* επιβεβαίωσ* σύνδεσ* συνδεθ* είσοδ* εισόδ*
    ταυτοποί* μιας_χρήσης التحقق تحقق التفعيل تفعيل التأكيد تأكيد الدخول دخول تسجيل لتسجيل التوثيق لتأكيد
    للتحقق لتفعيل لإتمام للدخول بالدخول تایید ورود فعالسازی پویا تصدیقی אימות לאימות התחברות כניסה לכניסה
    הכניסה לאישור זמנית פעמי सत्यापन पंजीकरण लॉगिन प्रवेश प्रमाणीकरण पुष्टि যাচাইকরণ লগইন combo القفل قفل
    מנעול identität entsperr* déverrouill* débloqu* desbloque* sblocc* odblok* odemkn* odomkn* otključa*
    откључ* отключ* разблок* de_seguridad de_sécurité de_segurança di_sicurezza de_securitate
    sisselogimis* prisijung* vienkartin* vienreizēj* pieslēgšan* godkänn* godkjenn* godkend* provjer*
    pristupn* prijav* potrdit* пријав* удостовер* المؤقت لمرة موقت امنیتی סודי הסודי זמני गुप्त ერთჯერადი
    հաստատման prove proves get_in identity recover recovery identity_check freigeben zugriff zurücksetzen
    activación validación ativação ativar cadastro validação attivazione attivare validazione activering
    activeren toegang aktivera aktivering aktivere innlogging aktivointi sisselogimine aktiveerimine
    aktyvavimo pieteikšanās aktivizācijas aktywacj* rejestracji aktivac* aktivác* aktiváló bejelentkezés
    regisztráció activare înregistrare активиране восстановлен* реєстрац* ενεργοποίηση* εγγραφή* πρόσβαση*
    kayıt etkinleştirme* aktivləşdirmə* qeydiyyat* مصادقة توثيق هویت הרשמה הפעלה सक्रियण যাচাই নিশ্চিত
    சரிபார்ப்பு உள்நுழைய உறுதிப்படுத்த ధృవీకరణ లాగిన్ ચકાસણી ಪರಿಶೀಲನೆ സ്ഥിരീകരണ ਤਸਦੀਕ pendaftaran
    kumpirmasyon kuthibitisha ვერიფიკაციის დადასტურების ავტორიზაციის հաստատում մուտքի тіркелу кіру
    authorise authorises authorised authorising authorize authorizes authorized authorizing autorizar
    autorice autoriza autoriser autorisez autorisieren autorizzare autorizza autoriseren autoryzować
    autoryzuj autorizați autorizovat one_off
"""
_PLAIN = """
    code codes *code pin pins nip pincode tan tans token tokens *token password* *password passwd pwd
    passphrase pass_code codigo* clave* contraseña* clé clés clef senha* chave passe codice codici parola*
    codi codis clau contrasenya* kontrolni_broj keypad lockbox keysafe key_safe *schlüsselsafe
    *schlüsselbox passwort* *passwort kennwort* *kennwort *schlüssel wachtwoord* *wachtwoord lösenord*
    *lösenord passord* *passord kod* *kod *koden *kode *kodea *koodi *koodisi *koodin kood* *kood *kód
    kóð* *kóði *kóðinn kôd* adgangskode* hasł* hasl* hesl* jelszó* jelszav* şifre* şifrə* zapork* lozink*
    gesl* parool* *parool klíč slaptažod* parol* salasan* tunnusluku* cod codul* fjalëkalim* msimbo
    nenosiri pasahitza* sandi* laluan код* *код парол* пин пина пином пін шифр* лозинк* құпия*
    podtverzhdeniya κωδικ* συνθηματικ* رمز* الرمز* برمز بالرمز بالكود والرمز للرمز كود* الكود* بكود والكود
    السر السري کد کدی کدتان پین گذرواژه پسورد کوڈ پاس_ورڈ קוד הקוד בקוד לקוד והקוד קודך סיסמה סיסמא הסיסמה
    הסיסמא סיסמתך कोड* कोड़* पिन पासवर्ड पासकोड কোড* পিন পাসওয়ার্ড குறியீ* *குறியீடு கடவுச்சொல் கோட்
    కోడ్* పిన్ పాస్వర్డ్ કોડ* ಕೋಡ್* കോഡ്* ਕੋਡ* කේතය කේත կոդ* *կոդ գաղտնաբառ* კოდ* *კოდი პაროლ* ኮድ ኮድዎ ኮዱ
    የይለፍ mã mật_khẩu mat_khau ya_siri كلمة_مرور كلمة_المرور رمز_مرور combination kombination combinación
    combinaison combinazione combinatie kombinace kombinacja комбинация magic_number secret_number
    access_number prüfziffer* geheimzahl* geheimnummer zugangsnummer einmalnummer sicherheitsnummer
    beveiligingsnummer säkerhetsnummer turvanumero* numer_bezpieczeństwa bezpečnostní_číslo
    bezpečnostné_číslo biztonsági_szám biztonsági_száma sigurnosni_broj αριθμός_ασφαλείας
    güvenlik_numaranız güvenlik_numarası секретный_номер секретний_номер секретен_номер המספר_הסודי
    מספר_סודי गुप्त_नंबर số_bảo nomor_keamanan nomor_rahasia nombor_keselamatan recovery_key szyfr šifra
    šifru sikkerhetsnummer sikkerhetsnummeret sikkerhedsnummer sikkerhedsnummeret mdp motdepasse
    palavra_passe ключ_доступа ключ_входа kľúč પાસવર્ડ ಪಾಸ್ವರ್ಡ್ പാസ്വേഡ് പിൻ ਪਾਸਵਰਡ ਪਿੰਨ මුරපදය katasandi
    lykilorð cyfrinair сырсөз losungswort пінкод* padlock hangslot cijferslot hänglås* kodlås* hengelås*
    kodelås* hængelås* numerolukko candado cadenas lucchetto cadeado kłódk* lakat lacăt* lokot
    zahlenschloss* vorhängeschloss* домофон* шлагбаум* катинар login_number security_number
"""
_STRONG = """
    otp otps totp passcode* tac mtan smstan pushtan chiptan one_time onetime single_use registration_key
    security_key access_key activation_key secure_key 2fa mfa verification_code security_code access_code
    login_code confirmation_code activation_code *bestätigungscode *verifizierungscode *sicherheitscode
    *freischaltcode *einmalcode einmalpasswor* einmalkennwort* *abholcode *anmeldecode *freigabecode
    *zugangscode *verificatiecode *inlogcode *afhaalcode *verifieringskod *engångskod *engangskode
    *engangskoden *bekræftelseskode *vahvistuskoodi *vahvistuskoodisi *kertakoodi kertakäyttö*
    *kinnituskood digicode* mã_xác ma_xac mã_otp ma_otp mã_đăng mã_kích ma_kich bestätigungsnummer
    prüfnummer onay_numarası *bekreftelseskode رقم_التحقق رقم_التأكيد رقم_التفعيل رقم_سري पुष्टि_संख्या
    सत्यापन_संख्या ٹی_پی οτπ ओटीपी ওটিপি ఓటీపీ ஓடிபி ઓટીપી ಒಟಿಪಿ ഒടിപി ਓਟੀਪੀ یکبارمصرف verification_number
    passkey
"""

WORDS: Mapping[str, str] = {
    kinds.COPULA: _COPULA,
    kinds.WARN: _WARN,
    kinds.ASKER: _ASKER,
    kinds.ENTER: _ENTER,
    kinds.ACT: _ACT,
    kinds.PLAIN: _PLAIN,
    kinds.STRONG: _STRONG,
}
"""Words of scripts with spaces, by kind; the later kind has a word that two beginnings or ends fit."""
