//! Lines that do not belong to an article's body, told by their words, in French, Arabic, English, Spanish, German.
//!
//! Data, matched on the start of a folded line (`text::fold`: lower case, no accents, single spaces) or on the
//! whole of it. A cue is a prompt or a label no article would open a paragraph with.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::text::fold;

/// Labels before a link to another article. The line goes if it is a link, or short.
const READ_ALSO: &str = "lire aussi | a lire aussi | a lire | lire egalement | a lire egalement | lire notre | lire l article | \
    lisez aussi | voir aussi | a voir aussi | a voir | sur le meme sujet | sur le meme theme | \
    pour aller plus loin | decouvrez aussi | a decouvrir | retrouvez aussi | en lire plus | \
    pour en savoir plus | lire la suite | relire | notre dossier | dans la meme rubrique | \
    dans le meme dossier | a ecouter | ecouter aussi | lire | nos articles | read more | read also | \
    also read | read next | see also | related | related articles | related stories | related coverage | \
    more on this | more on | more from | recommended | don t miss | you may also like | \
    you might also like | also on | watch | watch now | listen | up next | keep reading | read the full | \
    click here | must read | see more | next read | suggested reading | further reading | editor s picks | \
    what to read next | read | most read | popular now | trending | اقرا ايضا | إقرأ أيضا | اقرأ أيضا | \
    إقرا أيضا | اقرأ ايضا | إقرأ ايضا | اقراء ايضا | اقرأ أيضاً | اقرا أيضا | اقرأ المزيد | إقرأ المزيد | \
    شاهد أيضا | شاهد ايضا | طالع أيضا | مواضيع ذات صلة | موضوعات ذات صلة | أخبار ذات صلة | مقالات ذات صلة | \
    ذات صلة | قد يهمك | قد يعجبك | للمزيد | اقرأ كذلك | يمكنك قراءة | وقد يهمك | تابع أيضا | اقرأ في | \
    الأكثر قراءة | قد يهمك أيضا | شاهد | المزيد من | lea tambien | lee tambien | leer tambien | leer mas | \
    tambien puede leer | te puede interesar | mas informacion | vea tambien | ver mas | \
    noticias relacionadas | relacionado | lea mas | no te pierdas | ademas lea | lesen sie auch | \
    lesen sie mehr | mehr zum thema | auch interessant | das konnte sie auch interessieren | \
    weitere artikel | mehr dazu | weiterlesen | siehe auch | zum thema | lesetipp | lesen sie hier | \
    leggi anche | leggi di piu | leia tambem | leia mais | lees ook | las ocksa | les ogsa | lue myos | \
    czytaj takze | czytaj tez | przeczytaj | zobacz tez | zobacz rowniez | laes ogsa";

/// Prompts, notices and furniture in words: the line goes if it is not long.
const PROMPT: &str = "tu suscripcion se esta usando | tu suscripcion esta | quieres anadir otro usuario | si continuas leyendo | si quieres compartir tu cuenta | si sospechas que alguien | anadir usuario | \
    ein klick fur den datenschutz | personenbezogene daten konnen | du kannst ihn dir mit einem klick | hier ist ein externer inhalt | fur die darstellung von | ccpa right to opt | if you are a california consumer | when you visit our website | please note that opting out | this website uses cookies | we use cookies | nous utilisons des cookies | nous respectons votre vie privee | votre navigateur | your browser does not | please enable javascript | ce contenu n est pas visible | necessary cookies | abonnez vous | inscrivez vous | s abonner | je m abonne | recevez | newsletter | suivez nous | \
    suivez l actualite | rejoignez nous | rejoignez la | partager | partagez | tweeter | imprimer | \
    commenter | cet article est reserve | article reserve | reserve aux abonnes | reserve a nos abonnes | \
    la suite apres | la suite de cet article | il vous reste | deja abonne | publicite | soutenez | \
    faites un don | pour soutenir | vous avez deja | creez un compte | connectez vous | identifiez vous | \
    telechargez l application | ce contenu est bloque | en cliquant sur | en acceptant | cliquez ici | \
    ecoutez cet article | temps de lecture | ajouter a mes | votre adresse e mail | votre adresse email | \
    tous droits reserves | laisser un commentaire | laissez un commentaire | commentaires | \
    signaler une erreur | vos reactions | une erreur s est produite | cette fonctionnalite | \
    article suivant | article precedent | mots cles | tags | etiquettes | source image | credit photo | \
    credits photo | photo credit | crédit | photo d illustration | image d illustration | legende | \
    subscribe | sign up | sign in | log in | already a subscriber | newsletters | get the latest | \
    follow us | share this | share on | share article | advertisement | advertise | story continues | \
    article continues | continue reading | continues below | support our | donate | become a member | \
    join our | join the conversation | this content is not available | please enable | your email | \
    we value your privacy | cookie | all rights reserved | copyright | leave a comment | leave a reply | \
    post a comment | comments are closed | view comments | show comments | download our app | \
    download the app | click to | image source | image credit | image caption | getty images | file photo | \
    photo by | photos by | picture | view image | open image | enlarge | loading | skip to | jump to | \
    back to top | print this | email this | report a typo | thank you for | thanks for reading | \
    if you enjoyed | filed under | posted in | tagged | topics | have a tip | contact the | got a story | \
    to view this | view on | view this post | this video | min read | minute read | last updated | \
    originally published | this article was originally | this story was originally | \
    this post was originally | published by | reporting by | editing by | write to | our standards | \
    for more information | اشترك | تابعنا | تابعونا | تابعوا | للاشتراك | انضم | شارك | مشاركة | إعلان | \
    اعلان | حمل تطبيق | حمّل | النشرة البريدية | جميع الحقوق | اضف تعليق | أضف تعليق | التعليقات | \
    تعليقات | طباعة | كلمات مفتاحية | الكلمات المفتاحية | كلمات دلالية | الوسوم | وسوم | لمتابعة | \
    اضغط هنا | المصدر | لمشاهدة | رابط مختصر | الرابط المختصر | اترك تعليق | تصوير | صورة ارشيفية | \
    صورة أرشيفية | حجم الخط | suscribete | suscribase | siguenos | comparte | compartir | publicidad | \
    inicia sesion | registrate | todos los derechos | etiquetas | archivado en | deja un comentario | \
    sigue leyendo | unete a | recibe | abonnieren | melden sie sich | folgen sie uns | anzeige | \
    artikel teilen | teilen | kommentare | jetzt anmelden | schlagworte | alle rechte | externer inhalt | \
    an dieser stelle | ich bin damit einverstanden | empfohlener redaktioneller inhalt | \
    mit ihrer zustimmung | foto | bild | quelle | datenschutz | werbung | iscriviti | seguici | condividi | \
    riproduzione riservata | pubblicita | assine | compartilhe | delen | lees verder | annons | dela | \
    mainos | reklama";

/// Lines that are the page's and never an article's, wherever they stand: the line goes if it is short. `=` before a cue
/// says that it is the whole line.
const FURNITURE: &str = "= publicite | = partager | = partagez | = tweeter | = imprimer | = commenter | = lire la suite | \
    la suite apres la publicite | la suite apres cette publicite | la suite de cet article | \
    abonnez vous a notre | abonnez vous a la newsletter | inscrivez vous a notre newsletter | \
    inscrivez vous a la newsletter | inscrivez vous a nos newsletters | recevez notre newsletter | \
    recevez gratuitement notre newsletter | suivez nous sur | rejoignez nous sur | retrouvez nous sur | \
    ce contenu est bloque | ce contenu n est pas visible | voir cette publication sur | \
    voir ce contenu sur | = tous droits reserves | votre adresse e mail ne sera | votre adresse email ne sera | \
    les champs obligatoires sont | = temps de lecture | cet article est reserve aux | article reserve aux abonnes | \
    reserve aux abonnes | = ecouter cet article | = ecoutez cet article | signaler une erreur | \
    telechargez l application | telechargez notre application | nous utilisons des cookies | \
    en poursuivant votre navigation | votre navigateur ne | = advertisement | = story continues below advertisement | \
    = story continues below | article continues below | = share this article | = share | subscribe to our newsletter | \
    sign up for our | sign up to our | follow us on | view this post on | = all rights reserved | \
    please enable javascript | please enable targeting cookies | to view this video please enable | \
    your email address will not | required fields are marked | we use cookies | download our app | = إعلان | = اعلان | \
    = مشاركة | = شارك | تابعونا على | تابعنا على | تابعوا صفحتنا | اشترك في النشرة | اشتركوا في النشرة | \
    اشترك في نشرتنا | اشتركوا في نشرتنا | اشترك الآن في | للاشتراك في النشرة | = النشرة البريدية | \
    = جميع الحقوق محفوظة | لن يتم نشر عنوان بريدك | الحقول الإلزامية | حمل تطبيق | حملوا تطبيق | = publicidad | \
    = compartir | suscribete a nuestra | suscribete a nuestro | siguenos en | = todos los derechos reservados | \
    tu direccion de correo electronico no sera | ver esta publicacion en | sieh dir diesen beitrag auf | = werbung | \
    = anzeige";

/// Headings after which nothing is the article's any more.
const END: &str = "lire aussi | a lire aussi | sur le meme sujet | sur le meme theme | dans la meme rubrique | \
    nos articles | commentaires | laisser un commentaire | vos commentaires | articles similaires | \
    articles lies | a propos de l auteur | vous aimerez aussi | newsletter | les plus lus | \
    recommande pour vous | plus d articles | autres articles | related articles | related posts | \
    related stories | related | related news | you may also like | you might also like | recommended | \
    more from | comments | leave a comment | leave a reply | tell us what you think | about the author | \
    share this | read more | read next | most read | more stories | more news | latest news | trending | \
    popular posts | join the conversation | privacy overview | subscribe to our newsletter | recent posts | \
    keep reading | up next | references | مواضيع ذات صلة | أخبار ذات صلة | مقالات ذات صلة | \
    موضوعات متعلقة | اقرأ أيضا | التعليقات | شارك برأيك | اضف تعليق | اترك تعليق | الأكثر قراءة | \
    قد يعجبك أيضا | المزيد من الأخبار | آخر الأخبار | noticias relacionadas | te puede interesar | \
    comentarios | deja un comentario | lo mas leido | mas noticias | voce pode gostar | leia tambem | \
    potrebbe interessarti | commenti | mehr zum thema | kommentare | das konnte sie auch interessieren | \
    weitere artikel | auch interessant | meistgelesen | mehr zu diesem thema";

/// Cue phrases, folded, by their first word.
#[derive(Debug)]
pub(crate) struct Cues(HashMap<String, Vec<String>>);

impl Cues {
    fn new(phrases: &str) -> Self {
        let mut by_word: HashMap<String, Vec<String>> = HashMap::new();
        for phrase in phrases.split('|') {
            let folded = fold(phrase);
            let word = folded.split(' ').next().unwrap_or_default().to_owned();
            by_word.entry(word).or_default().push(folded);
        }
        Self(by_word)
    }

    /// The longest cue a folded line opens with, at a word's end.
    pub(crate) fn opening(&self, folded: &str) -> Option<&str> {
        let word = folded.split(' ').next()?;
        self.0
            .get(word)?
            .iter()
            .filter(|cue| {
                folded.strip_prefix(cue.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
            })
            .max_by_key(|cue| cue.len())
            .map(String::as_str)
    }
}

/// Whether a folded line is the page's own furniture.
pub(crate) fn is_furniture(folded: &str) -> bool {
    FURNITURE_CUES.opening(folded).is_some()
        || WHOLE_CUES.opening(folded).is_some_and(|cue| cue.len() == folded.len())
}

/// The cues of [`FURNITURE`] a line opens with, and those that are a whole line.
static FURNITURE_CUES: LazyLock<Cues> = LazyLock::new(|| Cues::new(&furniture(false)));
static WHOLE_CUES: LazyLock<Cues> = LazyLock::new(|| Cues::new(&furniture(true)));

fn furniture(whole: bool) -> String {
    let cues = FURNITURE.split('|').map(str::trim).filter(|cue| cue.starts_with('=') == whole);
    cues.map(|cue| cue.trim_start_matches(['=', ' '])).collect::<Vec<_>>().join("|")
}

/// [`READ_ALSO`], ready to match.
pub(crate) static READ_ALSO_CUES: LazyLock<Cues> = LazyLock::new(|| Cues::new(READ_ALSO));
/// [`END`], ready to match.
pub(crate) static END_CUES: LazyLock<Cues> = LazyLock::new(|| Cues::new(END));
/// [`PROMPT`], ready to match.
pub(crate) static PROMPT_CUES: LazyLock<Cues> = LazyLock::new(|| Cues::new(PROMPT));

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cues_match_folded_openings() {
        let opening = |line: &str| READ_ALSO_CUES.opening(&fold(line)).map(str::to_owned);
        assert_eq!(opening("À LIRE AUSSI : Un titre").as_deref(), Some("a lire aussi"));
        assert_eq!(opening("إقرأ أيضاً: عنوان").as_deref(), Some("اقرا ايضا"));
        assert_eq!(opening("Lireaussi"), None);
    }

    #[test]
    fn furniture_is_told_from_sentences() {
        for (line, is) in [
            ("Publicité", true),
            ("La suite après cette publicité", true),
            ("Publicité mensongère : trois marques condamnées", false),
            ("Inscrivez-vous à notre newsletter pour recevoir l’essentiel", true),
            ("Partager le pouvoir, dit-il, est un art", false),
            ("إعلان", true),
            ("إعلان حالة الطوارئ في الإقليم", false),
            ("تابعونا على واتساب", true),
            ("Tous droits réservés.", true),
        ] {
            assert_eq!(is_furniture(&fold(line)), is, "{line}");
        }
    }
}
