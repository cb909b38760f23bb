# ruff: noqa: RUF001 - the dotless i of Turkish is meant
"""Keywords in Latin script: they say that a number is a code, or something else.

All lower case. `word*` matches every word that begins with it, `*word` every longer one that ends with it,
`one_word` two words with one character between them. A text may leave out the accents.
"""

from collections.abc import Mapping

from relay.otp import kinds

_OTHER_CODE = """
    postcode* zipcode* barcode qrcode sku barras postale erreur errore fiscale postleitzahl plz fehler*
    produktcode streepjes* foutcode klient* pocztow* kreskow* błęd* psč chyby clientului poștal poštanski
    kundencode* pelanggan mã_đặt mã_giao mã_lỗi mã_đơn mã_vận poskod bưu_điện khách_hàng khach_hang exit_code
    exit_codes zip_code post_code postal area_code country_code dialling_code dialing_code source_code error
    error_code fault_code course_code product_code item_code of_conduct dress_code colour_code color_code
    tax_code bar_code qr_code sort_code swift_code bic_code ifsc_code morse_code code_reader code_reviewer
    code_review cheat_code student_code airport_code client client_code cliente posta_kodu hata_kodu
    müşteri_kodu kode_pos kod_qr code_qr codice_qr código_qr unicode encode decode opcode bytecode geocode
    winning social_security
"""
_PROMOTION = """
    promo* coupon* voucher* discount* referral* gift sale deal bogo cashback off reward* invite descuento*
    cupón cupom desconto* oferta rebaja* remise* réduction* avantage parrain* gutschein* rabatt* aktionscode*
    sconto sconti korting* actiecode* rabatow* zniżk* promoc* slevov* kupon* kuponkód* kedvezmény reducer*
    popust* alennus* indirim* kampanya* diskon* diskaun potongan giảm khuyến giam khuyen
"""
_LABEL = """
    order orders ref reference refno account accounts acct acc a_c card cards ending ended ends invoice ticket
    tickets booking reservation flight case tracking parcel shipment consignment awb waybill policy contract
    cheque check customer member membership meter call phone tel telephone helpline hotline dial whatsapp fax
    room gate seat flat apartment apt suite locker bus train coach iban utr txn transaction trace serial sn
    imei model version build node approval pnr balance amount total limit user uan id complaint request stan
    rrn ip mandate umn upi fare car street road route lot ring puk *nummer *nummeret *szám numer číslo
    numarası số nomor seguimiento siniestro facture sinistre riferimento prenotazione contratto polizza
    referentie boeking polis vlucht rezerwacj* umowa umowy zadzwoń spraw* zgłoszen* rezervac* smlouv* volejte
    symbol foglalás szerződés járat hívja rezervare zbor sunați bokning avtal* flyg bestilling referenz
    aktenzeichen rezervasyon poliçe sözleşme uçuş arayın dosya tagihan kontrak penerbangan referensi pedido
    orden cuenta tarjeta factura reserva vuelo guía envío terminada terminado termina llame llama teléfono
    referencia operación contrato póliza socio placa expediente parte sorteo conta cartão fatura encomenda
    ligue telefone protocolo referência entidade final apólice commande compte carte colis suivi terminant
    finissant dossier réf référence téléphone appelez vol contrat voiture bestellung konto karte rechnung
    sendung sendungsnummer vertrag vertragsnr kundennummer kundennr vorgang telefon anruf auftrag buchung flug
    gleis wagen platz zähler endziffern endet kennzeichen wartenummer ordine conto carta fattura spedizione
    pacco pratica chiama telefono volo carrozza posto treno bolletta bestelling rekening kaart factuur pakket
    klantnummer bel zending zamówienie rachunek rach rachunku karta karty paczka paczki przesyłka faktura
    infolinia kurier polisa polisy zásilka účet účtu objednávka kurýr vs rendelés számla kártya csomag
    ügyfélszám telefonszám futár comanda cont contul apelați curier beställning kort paket kundnr ordre pakke
    kundenr puh tilaus paketti lasku sipariş hesap kart takip kargo kargonuz abone plaka daire oda kurye račun
    porudžbina khata pesanan kartu hub hubungi resi loker kamar ruang saldo akaun tk stk thẻ đơn phòng phong
    seguridad_social sécurité_sociale verifikat
"""
_TEXT_TO = """
    text txt sms_to send reply envía envíe envie envia envoyez envoie sende senden stuur invia wyślij wyslij
    odešlete küldje trimite trimiteți skicka pošaljite pošlji gönder gönderin bhejein kirim hantar soạn gửi
"""
_UNIT = """
    min mins dk hrs std ore godz day days tage tagen dias dni months month years year ans años anos sec secs
    mb gb kb tb km mm kg ml kwh kcal cal bpm points point pts puntos pontos punti pt mile miles schritte
    people spam gradini phút phut menit mnt minit s minute minutes minuten minutos minuto minuti minut minuty
    minutter minuter dakika hour hours stunde stunden heure heures hora horas jour jours día días dia seconds
    sekunden secondes segundos punkte punkten punktów meter meters metres steps persons personen persone
    guests users times emails items votes calories litres
"""
_MONTH = """
    january february march april may june july august september october november december jan feb mar apr jun
    jul aug sep sept oct nov dec enero febrero marzo abril mayo junio julio agosto septiembre octubre
    noviembre diciembre janeiro fevereiro março maio junho julho setembro outubro novembro dezembro janvier
    février mars avril mai juin juillet août septembre octobre novembre décembre januar februar märz juni juli
    oktober dezember gennaio febbraio aprile maggio giugno luglio settembre ottobre dicembre stycznia lutego
    marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia ocak şubat mart nisan
    mayıs haziran temmuz ağustos eylül ekim kasım aralık januari februari maret mei agustus desember
"""
_COPULA = """
    with mit con avec com met med ile it_s it_is is are es é è est ist lautet sind jest to este är er on je ir
    yra són és adalah ialah ay ni là la le el il dem den der
"""
_WARNING = """
    anyone anybody nobody nadie ninguém nessuno personne niemand* nimeni senkinek ingen någon noen nogen
    kenellekään kimse* siapapun siapa donner dire dirlo digas diga_a passe_para weitersag* share shared
    sharing disclose* reveal* forward ask asks asking never give giving tell telling compart* revele* nunca
    jamás pedir pediremos pida divulg* pede partag* communiqu* jamais transmett* gib_ihn niemals verlang*
    fragen condivid* chieder* deel delen vragen nooit podawaj* przekazuj* nikomu nigdy nesděl* nikdy adja soha
    dela aldrig aldri jaa kerro paylaş* asla istemez söyle* berikan bagikan pernah jangan dedahkan ibahagi
    cung_cấp cung_cap chia_sẻ không khong nikome otkrivajte delite soobshayte batayein mangta del_aldri
    del_den del_ikke ikke_del weiter weiterg* demander* comunic* facilite* nie_weiter nie_an nie_mit quote
"""
_REQUESTER = """
    site website web page webpage app screen field box prompt prompted browser driver rider courier desk agent
    counter página pagina sitio aplicación pantalla campo conductor chofer repartidor motorista entregador
    tela pages écran champ chauffeur livreur seite feld fahrer* webseite bildschirm schermo sito autista
    scherm strona stronie stronę aplikacj* kierowc* kurierowi stránce aplikaci řidiči oldalon mezőbe sofőr*
    șofer* sidan webbplats* føraren sjåfør* siden kuljettaj* siteye sürücü* kuryenize uygulama* sayfa* situs
    halaman aplikasi pengemudi trang tài_xế window pad host adviser fenster fenêtre ventana janela finestra
    venster chauffören chaufføren chauffør rutan vinduet ikkunaan oknie okna okno okně okne ablakba fereastra
    prozor vozaču prozoru pencereye şoföre cửa_sổ jendela kiosk reception
"""
_ENTER = """
    opens open öffnet abre ouvre apre opent otwiera* otevř* otvár* nyílik nyit deschide* öppna* åbne* åpne*
    avautu* aukeaa otvara* açıl* dibuka membuka tell_your tell_the give_your show enter entering type typing
    use using key_in respond submit ingres* muestr* introduz* introduc* introdu* digit* tecle* utiliz* usa
    usar insir* inser* escrib* escrev* scrivi* coloque marque dile diga informe saisi* composez montrez
    présentez entrez entrer tapez utilisez écriv* indiquez donnez_au eingeben geben_sie gib_den tippen
    eintippen nutzen verwenden benutzen nennen zeigen_sie schreiben voer invoeren gebruik* typ vul_in wpisz*
    wpisać pokaż przepisz* podaj wprowadź* użyj zadejte zadajte zadať napište uveďte írja írd üsse adja_meg
    használja använd* skriv* ange mata_in slå_in tast* indtast* brug bruk syötä kirjoita käytä unesite upišite
    ukucajte vnesite vpišite sisesta* ievadiet įveskite girin* yazın yazınız söyleyin iletin daxil masukkan
    masukan gunakan ketik tunjukkan nhập nhap ilagay gamitin ingiza kiriting daalein darj punch tap pop recite
    read_out fill_in please_quote tippe eintragen trage übermitteln nenne nenn sag_dem zeige öffnest renseign*
    inscrivez ouvrez pon ponga pulse dicta dicte fale mostre apresente immetti immetta mostra mostri usi tik
    toets noem knappa uppge säg fyll_i slå_inn slå_ind oppgi oplys näppäile naputtele näytä įvesk ievadi wklep
    wstukaj powiedz odczytaj okaż zadej vyťukej* naťukej* opište opiš napiš řekni řekněte ukažte sdělte zadaj
    napíš povedzte ukážte pötyög* mondd mondja mutasd mutassa tastați tastează spuneți spune arătați arată
    upiši utipkaj* ukucaj* reci pokaži pokažite vpiši povejte deyin söyleyiniz gõ đọc ketikkan sebutkan taip
    sabihin schaltet provide or_quote and_quote verwende benutze nutze zeigen zeig vorzeigen vorlegen angeben
    taper composer utiliser indiquer présenter montrer fournissez utilice presenta indica indique proporciona
    informar forneça presenti fornisci toon geef meld tryck kasuta näita trüki naudokite parodykite suveskite
    pateikite izmantojiet uzrādiet lietojiet parādiet przedstaw použijte vložte předložte použite predložte
    gépelje vigye folosiți scrieți prezentați menționați koristite predočite uporabite kullanın kullanınız
    gösterin tuşlayın belirtin weka tumia onyesha ipakita gib_dem
"""
_PURPOSE = """
    verif* vérif* authent* confirm* activat* validat* enrol* login logins logon log_in log_on two_factor
    two_step 2_step connexion inscri* conexión connecter conectar identif* legitim* logging_in sign_in sign_on
    signing_in signin sign_up regist* reset unlock* pairing pair approve* temporary secret access pick_up
    pickup autentic* confirma* conferma* validar valider activar activer ingresar iniciar acceso acceder
    entrar acesso accès accéder accesso accedere temporal temporaire temporanea temporaneo dinámica unica
    única bestätig* anmeld* einlogg* freigabe* freischalt* aktivier* zugang bevestig* inlogg* loggen aanmeld*
    ontgrendel* eenmalig* bekræft* bekreft* logga_in logge_ind logge_inn vahvist* tunnist* kirjaut* potwierdz*
    weryfik* zalogow* logowan* jednorazow* ověř* overov* přihláš* prihlás* potvr* jednorázov* ellenőrz* belép*
    jóváhagy* megerős* egyszer autentificare conectare doğrula* onay* giriş* aktivasyon* kullanımlık verifik*
    jednokratn* patvirtin* apstiprin* kinnit* egiazt* vërtet* konfirmasi masuk aktivasi rahasia pengesahan
    uthibitisho tasdiq* təsdiq* xác_minh xác_thực xác_nhận đăng_nhập kích_hoạt xac_minh xac_thuc xac_nhan
    dang_nhap kich_hoat combo identität entsperr* déverrouill* débloqu* desbloque* sblocc* odblok* odemkn*
    odomkn* otključa* de_seguridad de_sécurité de_segurança di_sicurezza de_securitate sisselogimis*
    prisijung* vienkartin* vienreizēj* pieslēgšan* godkänn* godkjenn* godkend* provjer* pristupn* prijav*
    potrdit* prove proves get_in identity recover recovery identity_check freigeben zugriff zurücksetzen
    activación validación ativação ativar cadastro validação attivazione attivare validazione activering
    activeren toegang aktivera aktivering aktivere innlogging aktivointi sisselogimine aktiveerimine
    aktyvavimo pieteikšanās aktivizācijas aktywacj* rejestracji aktivac* aktivác* aktiváló bejelentkezés
    regisztráció activare înregistrare kayıt etkinleştirme* aktivləşdirmə* qeydiyyat* pendaftaran kumpirmasyon
    kuthibitisha authorise authorises authorised authorising authorize authorizes authorized authorizing
    autorizar autorice autoriza autoriser autorisez autorisieren autorizzare autorizza autoriseren autoryzować
    autoryzuj autorizați autorizovat one_off
"""
_PLAIN = """
    code codes *code pin pins nip pincode tan tans token tokens *token password* *password passwd pwd
    passphrase pass_code codigo* clave* contraseña* clé clés clef senha* chave passe codice codici parola*
    codi codis clau contrasenya* kontrolni_broj keypad lockbox keysafe key_safe *schlüsselsafe *schlüsselbox
    passwort* *passwort kennwort* *kennwort *schlüssel wachtwoord* *wachtwoord lösenord* *lösenord passord*
    *passord kod* *kod *koden *kode *kodea *koodi *koodisi *koodin kood* *kood *kód kóð* *kóði *kóðinn kôd*
    adgangskode* hasł* hasl* hesl* jelszó* jelszav* şifre* şifrə* zapork* lozink* gesl* parool* *parool klíč
    slaptažod* parol* salasan* tunnusluku* cod codul* fjalëkalim* msimbo nenosiri pasahitza* sandi* laluan
    podtverzhdeniya mã mật_khẩu mat_khau ya_siri combination kombination combinación combinaison combinazione
    combinatie kombinace kombinacja magic_number secret_number access_number prüfziffer* geheimzahl*
    geheimnummer zugangsnummer einmalnummer sicherheitsnummer beveiligingsnummer säkerhetsnummer turvanumero*
    numer_bezpieczeństwa bezpečnostní_číslo bezpečnostné_číslo biztonsági_szám biztonsági_száma
    sigurnosni_broj güvenlik_numaranız güvenlik_numarası số_bảo nomor_keamanan nomor_rahasia
    nombor_keselamatan recovery_key szyfr šifra šifru sikkerhetsnummer sikkerhetsnummeret sikkerhedsnummer
    sikkerhedsnummeret mdp motdepasse palavra_passe kľúč katasandi lykilorð cyfrinair losungswort padlock
    hangslot cijferslot hänglås* kodlås* hengelås* kodelås* hængelås* numerolukko candado cadenas lucchetto
    cadeado kłódk* lakat lacăt* lokot zahlenschloss* vorhängeschloss* login_number security_number
"""
_STRONG = """
    otp otps totp passcode* tac mtan smstan pushtan chiptan one_time onetime single_use registration_key
    security_key access_key activation_key secure_key 2fa mfa verification_code security_code access_code
    login_code confirmation_code activation_code *bestätigungscode *verifizierungscode *sicherheitscode
    *freischaltcode *einmalcode einmalpasswor* einmalkennwort* *abholcode *anmeldecode *freigabecode
    *zugangscode *verificatiecode *inlogcode *afhaalcode *verifieringskod *engångskod *engangskode
    *engangskoden *bekræftelseskode *vahvistuskoodi *vahvistuskoodisi *kertakoodi kertakäyttö* *kinnituskood
    digicode* mã_xác ma_xac mã_otp ma_otp mã_đăng mã_kích ma_kich bestätigungsnummer prüfnummer onay_numarası
    *bekreftelseskode verification_number passkey
"""

WORDS: Mapping[str, str] = {
    kinds.OTHER_CODE: _OTHER_CODE,
    kinds.PROMOTION: _PROMOTION,
    kinds.LABEL: _LABEL,
    kinds.TEXT_TO: _TEXT_TO,
    kinds.UNIT: _UNIT,
    kinds.MONTH: _MONTH,
    kinds.COPULA: _COPULA,
    kinds.WARNING: _WARNING,
    kinds.REQUESTER: _REQUESTER,
    kinds.ENTER: _ENTER,
    kinds.PURPOSE: _PURPOSE,
    kinds.PLAIN: _PLAIN,
    kinds.STRONG: _STRONG,
}
"""Words by kind; where two prefixes or suffixes match a word, the later kind wins."""
