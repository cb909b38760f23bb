# ruff: noqa: RUF001 - the words are of many scripts, and some of their letters look like Latin ones
"""The words of what is no code: other numbers, shops, measures; written as in `relay.codes.words`."""

from collections.abc import Mapping

from relay.codes import kinds

_SPOIL = """
    postcode* zipcode* barcode qrcode sku barras postale erreur errore fiscale postleitzahl plz fehler*
    produktcode streepjes* foutcode klient* pocztow* kreskow* błęd* psč chyby clientului poștal poštanski
    ошибк* почтов* индекс індекс поштов* помилк* пощенск* региона πελάτη ταχυδρομ* σφάλμα* kundencode*
    товара клиента клієнта товару رهگیری ملی לקוח पिन_कोड pelanggan mã_đặt mã_giao mã_lỗi mã_đơn mã_vận
    البريدي بريدي پستی مشتری خطا מיקוד שגיאה poskod bưu_điện khách_hàng khach_hang exit_code exit_codes
    zip_code post_code postal area_code country_code dialling_code dialing_code source_code error
    error_code fault_code course_code product_code item_code of_conduct dress_code colour_code color_code
    tax_code bar_code qr_code sort_code swift_code bic_code ifsc_code morse_code code_reader code_reviewer
    code_review cheat_code student_code airport_code client client_code cliente posta_kodu hata_kodu
    müşteri_kodu kode_pos kod_qr code_qr codice_qr código_qr unicode encode decode opcode bytecode geocode
    winning social_security
"""
_SHOP = """
    promo* coupon* voucher* discount* referral* gift sale deal bogo cashback off reward* invite descuento*
    cupón cupom desconto* oferta rebaja* remise* réduction* avantage parrain* gutschein* rabatt*
    aktionscode* sconto sconti korting* actiecode* rabatow* zniżk* promoc* slevov* kupon* kuponkód*
    kedvezmény reducer* popust* alennus* indirim* kampanya* промо* скидк* купон* знижк* отстъпка попуст
    εκπτωτ* κουπόν* προσφορ* خصم الخصم قسيمة كوبون تخفیف קופון הנחה מבצע कूपन* छूट কুপন ছাড় diskon*
    diskaun potongan giảm khuyến giam khuyen
"""
_LABEL = """
    order orders ref reference refno account accounts acct acc a_c card cards ending ended ends invoice
    ticket tickets booking reservation flight case tracking parcel shipment consignment awb waybill policy
    contract cheque check customer member membership meter call phone tel telephone helpline hotline dial
    whatsapp fax room gate seat flat apartment apt suite locker bus train coach iban utr txn transaction
    trace serial sn imei model version build node approval pnr balance amount total limit user uan id
    complaint request stan rrn ip mandate umn upi fare car street road route lot ring puk *nummer
    *nummeret *szám numer číslo номер αριθμός numarası số nomor מספר رقم संख्या seguimiento siniestro
    facture sinistre riferimento prenotazione contratto polizza referentie boeking polis vlucht rezerwacj*
    umowa umowy zadzwoń spraw* zgłoszen* rezervac* smlouv* volejte symbol foglalás szerződés járat hívja
    rezervare zbor sunați bokning avtal* flyg bestilling referenz aktenzeichen обращение квитанци*
    заявлен* трек накладна ттн бронюван* телефонуйте κράτηση συμβόλαιο καλέστε τκ rezervasyon poliçe
    sözleşme uçuş arayın dosya حجز بوليصة عقد فاکتور رزرو قرارداد پرواز חשבונית אסמכתא טיסה פוליסה חייגו
    बुकिंग पॉलिसी ग्राहक tagihan kontrak penerbangan referensi pedido orden cuenta tarjeta factura reserva
    vuelo guía envío terminada terminado termina llame llama teléfono referencia operación contrato póliza
    socio placa expediente parte sorteo conta cartão fatura encomenda ligue telefone protocolo referência
    entidade final apólice commande compte carte colis suivi terminant finissant dossier réf référence
    téléphone appelez vol contrat voiture bestellung konto karte rechnung sendung sendungsnummer vertrag
    vertragsnr kundennummer kundennr vorgang telefon anruf auftrag buchung flug gleis wagen platz zähler
    endziffern endet kennzeichen wartenummer ordine conto carta fattura spedizione pacco pratica chiama
    telefono volo carrozza posto treno bolletta bestelling rekening kaart factuur pakket klantnummer bel
    zending zamówienie rachunek rach rachunku karta karty paczka paczki przesyłka faktura infolinia kurier
    polisa polisy zásilka účet účtu objednávka kurýr vs rendelés számla kártya csomag ügyfélszám
    telefonszám futár comanda cont contul apelați curier beställning kort paket kundnr ordre pakke kundenr
    puh tilaus paketti lasku sipariş hesap kart takip kargo kargonuz abone plaka daire oda kurye заказ
    заказа заказу карта карты карту карте счет счета посылка посылки посылку договор договора договору тел
    телефон телефону рейс место каб кв квартира баланс бронь л_с звоните курьер накладная полис заявка
    решение вагон номере замовлення картка картки рахунок посилка посилку договір поръчка сметка пратка
    рачун račun porudžbina παραγγελία λογαριασμός λογαριασμού κάρτα κάρτας δέμα τηλ τηλέφωνο πτήση
    αποστολή τιμολόγιο επικοινωνία حساب حسابك الحساب بطاقة بطاقتك البطاقة فاتورة فاتورتك شحنة شحنتك طلب
    طلبك هاتف اتصل المندوب رحلة کارت سفارش مرسوله تلفن قبض پیگیری نوبت واحد اکاؤنٹ חשבון כרטיס הזמנה
    הזמנתך חבילה משלוח טלפון שליח תור חדר דירה לבירורים המסתיים खाता खाते कार्ड ऑर्डर पार्सल हेल्पलाइन फोन
    बिल একাউন্ট অ্যাকাউন্ট কার্ড অর্ডার கணக்கு ఖాతా khata pesanan kartu hub hubungi resi loker kamar ruang
    saldo akaun tk stk thẻ đơn phòng phong seguridad_social sécurité_sociale verifikat
"""
_TEXTED = """
    text txt sms_to send reply envía envíe envie envia envoyez envoie sende senden stuur invia wyślij
    wyslij odešlete küldje trimite trimiteți skicka pošaljite pošlji отправьте отправь надішліть изпратете
    στείλε στείλτε gönder gönderin أرسل ارسل بفرستید שלח שלחו भेजें bhejein kirim hantar soạn gửi
"""
_UNIT = """
    min mins мин хв dk hrs std ore godz час часа часов day days tage tagen dias dni дней дня months month
    years year ans años anos лет sec secs mb gb kb tb мб гб km mm kg ml kwh kcal cal bpm points point pts
    puntos pontos punti pt mile miles schritte people spam gradini دقیقه دقيقة دقائق दקות मिनट মিনিট phút
    phut menit mnt minit s minute minutes minuten minutos minuto minuti minut minuty minutter minuter
    минут минуты минуту хвилин хвилини dakika hour hours stunde stunden heure heures hora horas jour jours
    día días dia seconds sekunden secondes segundos punkte punkten punktów балл балла баллов бонус бонуса
    бонусов meter meters metres steps persons personen persone guests users times emails items votes
    calories litres
"""
_MONTH = """
    january february march april may june july august september october november december jan feb mar apr
    jun jul aug sep sept oct nov dec enero febrero marzo abril mayo junio julio agosto septiembre octubre
    noviembre diciembre janeiro fevereiro março maio junho julho setembro outubro novembro dezembro
    janvier février mars avril mai juin juillet août septembre octobre novembre décembre januar februar
    märz juni juli oktober dezember gennaio febbraio aprile maggio giugno luglio settembre ottobre
    dicembre stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada
    grudnia января февраля марта апреля мая июня июля августа сентября октября ноября декабря червня липня
    травня серпня вересня ocak şubat mart nisan mayıs haziran temmuz ağustos eylül ekim kasım aralık
    ιουνίου ιουλίου μαΐου يونيو يوليو مايو januari februari maret mei agustus desember जून मई जुलाई
"""

OTHERS: Mapping[str, str] = {
    kinds.SPOIL: _SPOIL,
    kinds.SHOP: _SHOP,
    kinds.LABEL: _LABEL,
    kinds.TEXTED: _TEXTED,
    kinds.UNIT: _UNIT,
    kinds.MONTH: _MONTH,
}
"""Words of scripts with spaces, by kind."""
