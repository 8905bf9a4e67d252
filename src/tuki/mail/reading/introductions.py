"""What mail programs write above what they repeat, in the languages of our customers.

Finnish, Swedish, Norwegian, Danish, Estonian, English, German, Dutch, French and Spanish; a few others where it costs
a word. As Outlook, Gmail, Apple Mail, Thunderbird and the phones have it.
"""

import re

WROTE = re.compile(
    r"\b(?:wrote|writes|kirjoitti|skrev|schreef|geschreven|schrieb|kirjutas|a écrit|escribió|ha scritto|escreveu)\b",
    re.I,
)
TIME = re.compile(r"\b\d{1,2}[.:]\d{2}\b|\b(?:19|20)\d\d\b|\b\d{1,2}[./-]\d{1,2}\b")
HOUR = re.compile(r"(?<![\d.])\d{1,2}[.:]\d{2}(?![\d.])")
YEAR = re.compile(r"\b(?:19|20)\d\d\b")
# Between "wrote" and the colon stand names, addresses, dates and these; more is somebody's sentence.
_SMALL = {
    *("at", "on", "in", "the", "following", "message", "news", "via", "kl", "klo", "kello", "om", "um", "uhr", "kell"),
    *(
        "het",
        "volgende",
        "geschreven",
        "de",
        "del",
        "den",
        "der",
        "van",
        "von",
        "af",
        "av",
        "a",
        "à",
        "las",
        "le",
        "el",
    ),
    *("am", "pm", "gmt", "utc", "and", "og", "och", "ja", "und"),
}
GREETING = re.compile(
    r"^\W*(?:hi|hello|dear|good (?:morning|day|afternoon)|hei|moi|terve|huomenta|päivää|hyvää päivää|hej|hejsan|"
    r"god dag|hallo|hoi|beste|geachte|goedemorgen|goedendag|guten (?:tag|morgen)|liebe[rs]?|sehr geehrte[r]?|tere|"
    r"bonjour|cher|chère|hola|buenos días|estimad[oa])\b(?:\s[^\W\d][\w'-]*){0,3}\W*$",
    re.I,
)
# The first of the lines of an introduction that was wrapped: a date, with what each language says before it.
BEGINS = re.compile(
    r"^(?:on|den|am|op|le|el|il|em|at|kontakt|kuupäev|dne|"
    r"(?:ma|ti|ke|to|pe|la|su|mån|tis|ons|tors|fre|lör|sön|man|tir|tor|lør|søn)\w*\.?,? ?\d|\d{1,2}[. /]|\d{4}-)",
    re.I,
)
ORIGINAL = re.compile(
    r"^[-_=*\s]{2,}+(?:original message|alkuperäinen (?:viesti|sanoma)|originalmeddelande|"
    r"ursprungligt (?:meddelande|e-postmeddelande)|opprinnelig (?:melding|e-post)|oprindelig (?:meddelelse|besked)|"
    r"(?:oorspronkelijk|origineel) bericht|ursprüngliche (?:nachricht|e-mail)|(?:algne|originaal) ?(?:kiri|sõnum)|"
    r"(?:message|courriel) d.origine|message original|mensaje original|messaggio originale|reply message)[-_=*\s]{2,}$",
    re.I,
)
FORWARDED = re.compile(
    r"^[-_=*>\s]*+(?:begin )?(?:forwarded (?:message|mail|by)|välitetty (?:viesti|sanoma)|edelleenlähetetty viesti|"
    r"(?:alkaa )?edelleen lähetetty viesti|vidarebefordrat (?:meddelande|brev|mail)|vidarebefordrat e-postmeddelande|"
    r"(?:start på )?videresendt? (?:melding|besked|meddelelse|e-post)|"
    r"(?:begin )?doorgestuurd(?: ?e)? (?:bericht|e-mail)|"
    r"(?:anfang der )?weitergeleitete[nr]? (?:nachricht|e-mail|mail)|edastatud (?:kiri|sõnum|e-kiri)|"
    r"(?:début du )?(?:message|courriel) (?:transféré|réexpédié)|(?:inicio del )?mensaje reenviado|"
    r"messaggio inoltrato|vidarebefordrar|uudelleenlähetetty viesti)[-_=*:\s]*(?:\bfrom .{0,80})?$",
    re.I,
)
RULE = re.compile(r"^[_\-=]{10,}$")
_NAMED = re.compile(r"^[\s*>|]{0,4}([^\W\d][\w \-]{0,24}?)\s?\*{0,2}:")
_MEANS = {
    name: kind
    for kind, names in {
        "from": "from, lähettäjä, från, fra, van, von, de, saatja, avsändare, afsender, avsender, mistä, afzender, "
        "keneltä",
        "date": "sent, date, lähetetty, lähetyspäivä, päivämäärä, pvm, päiväys, skickat, skickat den, datum, sendt, "
        "dato, verzonden, gesendet, envoyé, envoyé le, enviado, enviado el, fecha, saadetud, kuupäev, inviato, data, "
        "date d'envoi, aika, tid, saatmisaeg",
        "to": "to, vastaanottaja, till, til, aan, an, à, para, kellele, saaja, a, kenelle, adressaat, mottaker, "
        "modtager",
        "subject": "subject, aihe, ämne, emne, onderwerp, betreff, objet, asunto, teema, oggetto, otsikko, pealkiri",
    }.items()
    for name in names.split(", ")
}
FROM = {name for name, kind in _MEANS.items() if kind == "from"}
# Below a quote: a signature, or what a phone or a mailing list adds. Nobody's answer.
SIGNATURE = re.compile(
    r"^(?:--\s?$|_{30,}$|(?:sent from|get outlook|lähetetty|hanki outlook|skickat från|skaffa outlook|hämta outlook|"
    r"verzonden v(?:ia|anaf)|von mein|gesendet (?:von|mit)|sendt fra|saadetud minu|envoyé (?:de|depuis)|enviado desde)"
    r"\b.{0,60}$)",
    re.I,
)
# As far as "Thank you for your mail." goes, nothing is answered yet.
THANKS = re.compile(
    r"^\W*(?:(?:many |hi,? )?thanks|thank you|kiitos|kiitokset|tack|takk|tak|(?:hartelijk )?(?:bedankt|dank)|"
    r"(?:vielen )?danke?|merci|gracias|aitäh|tänan)\b[^.!?:]{0,25}\b(?:e-?mail|mail|message|viesti|sähköposti|mejl|"
    r"meddelande|melding|besked|bericht|nachricht|courriel|correo|mensaje|kir[ji]a?)\w{0,8}[.!\s]*$",
    re.I,
)
# The first line of a signature.
CLOSING = re.compile(
    r"^\W*(?:(?:(?:kind|best|warm|with (?:kind|best)) )?regards|best wishes|sincerely|yours (?:sincerely|truly)|br|"
    r"(?:ystävällisin |parhain |lämpimin )?terveisin|(?:ystävällisesti|kunnioittaen)|terv|yst\.? ?terv|"
    r"(?:med )?(?:vänliga?|bästa) hälsning(?:ar)?|hälsningar|mvh|(?:med )?(?:vennlig|venlig) hilsen|"
    r"(?:beste|bedste|de bedste) hils(?:en|ner)|hilsen|vh|"
    r"(?:met )?(?:vriendelijke|hartelijke) groet(?:en)?|groet(?:en|jes)?|"
    r"mvg|hoogachtend|(?:mit )?(?:freundliche[nm]?|besten?|vielen?|herzlichen?) (?:grü(?:ß|ss)en?|gruß)|"
    r"mfg|lg|hochachtungsvoll|lugupidamisega|parimate (?:soovidega|tervitustega)|tervitades|tervitustega|cordialement|"
    r"bien (?:à vous|cordialement)|(?:sincères )?salutations|(?:un )?(?:cordial )?saludos?(?: cordiales)?|"
    r"atentamente)\b.{0,40}$",
    re.I,
)
# "See my answers below", "in the text", "in italics": then the answers are in what looks like the quote.
BELOW = re.compile(
    r"\b(?:below|inline|in line|in (?:red|blue|green|bold|caps)|alla|alle|hieronder|onder|nedan|nedenfor|unten|"
    r"allpool|ci-dessous|abajo|más abajo|punaisella|sinisellä|vihreällä|i rött|i blått|med rött|in het rood|in rood|"
    r"in het blauw|in rot|in blau|punasega|en rouge|en bleu|en rojo|en azul|med rødt|i rødt|med blått|välissä|väliin|"
    r"joukossa|seassa|tekstin sekaan|inne i|dazwischen|tussendoor|vahele|between the lines|kommentit|comments|"
    r"italics?|kursiv\w*|cursief|en italique|en cursiva|en gras|en negrita|vetgedrukt|fetstil|fett|lihavoi\w*|"
    r"entre l[íi]neas|entre (?:les )?lignes|zwischen den zeilen|mellan raderna|mellem linjerne|mellom linjene|"
    r"tussen de regels|rivien väli\w*|ridade vahel\w*|marked (?:with|by)|merkitsin|merkitty|markerat|märkta? med|"
    r"gemarkeerd|gekennzeichnet|markiert|"
    r"(?:see|my) (?:my )?(?:answers|replies)|(?:se|mina|mine|mitt|mit) svar|svar(?:ene|en)? min[ea]|"
    r"(?:zie|mijn) (?:mijn )?antwoord(?:en)?|(?:siehe|meine) (?:meine )?antwort(?:en)?|(?:katso|ks\.?) vastau\w+|"
    r"vastaukseni|(?:voir|mes) (?:mes )?réponses|(?:ver|mis) (?:mis )?respuestas|(?:vaata|minu) (?:minu )?vastus\w*|"
    r"in the (?:text|(?:e-?)?mail|message)|in your (?:(?:e-?)?mail|message)|tekstissä(?:si)?|tekstiin|"
    r"viestissäsi|viestiisi|sähköpostissasi|sähköpostiisi|"
    r"i (?:texten|mailet|mejlet)|i di(?:tt|n) (?:mail|mejl|e-?post|melding|besked)|"
    r"i (?:teksten|mailen)|i e-posten|in (?:de|je|jouw|uw) (?:tekst|(?:e-?)?mail|bericht)|im text|"
    r"in (?:ihrer|deiner|der|eurer) (?:(?:e-?)?mail|nachricht)|tekstis|(?:sinu|teie) (?:kirjas|meilis)|kirja sees|"
    r"dans (?:le texte|(?:votre|ton) (?:(?:e-?)?mail|message|courriel))|"
    r"en (?:el texto|(?:su|tu) (?:correo|mensaje|(?:e-?)?mail)))\b",
    re.I,
)

_ANSWERS = re.compile(
    r"\b(?:answer|repl(?:y|ie)|comment|vasta|vastus|komment|svar|antwoord|(?:ge|be)?antwort|"
    r"répon[ds]|respond|respuest)",
    re.I,
)
_QUESTIONS = re.compile(r"\b(?:question|kysymy|fråg|spørgsm|spørsm|vragen|vraag|frage|pregunta|küsimus)", re.I)


def points_below(line: str) -> bool:
    """Whether somebody says that their answers stand in what they answer."""
    if BELOW.search(line):
        return True
    asks = line.rstrip().endswith("?")  # "Could you answer my question?"
    return not asks and bool(_QUESTIONS.search(line) and _ANSWERS.search(line))


def ends_introduction(words: str) -> bool:
    """Whether a line, or a few, could be a mail program's "On Monday Ada wrote:", and is no sentence of a person."""
    wrote = [*WROTE.finditer(words)]
    if not wrote:
        return False
    rest = words[wrote[-1].end() :].strip().removesuffix(":").strip()
    if not rest:
        return True
    strange = [word for word in re.findall(r"[^\W\d_]+", rest) if word.islower() and word not in _SMALL]
    return "@" in rest or (not strange and bool(TIME.search(words)))


def label(line: str) -> tuple[str, str]:
    """What a line such as "Lähettäjä: Ada" names ("from", "date", "to", "subject" or nothing), and in which word."""
    named = _NAMED.match(line)
    name = " ".join(named[1].lower().split()) if named else ""
    return _MEANS.get(name, ""), name
