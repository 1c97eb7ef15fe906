//! Metadata on small invented pages: who signed, when, under which title, with which picture.

#![cfg(test)]

use kiosque_extract::extract;
use kiosque_model::{Article, CanonicalUrl, FeedHint, FetchRecord, Page, SourceId};

const TEXT: &str = "<p>Les grues du port ont repris lundi, après trois mois d’arrêt dus à la tempête d’octobre.</p>\
    <p>Le second quai suivra en mars, a dit la direction, qui attend encore deux pièces d’un fournisseur.</p>\
    <p>Les pêcheurs, eux, n’ont jamais cessé de sortir, malgré la houle et le prix du gazole.</p>";
const ARABIC: &str = "<p>استأنفت رافعات الميناء عملها يوم الاثنين بعد توقف دام ثلاثة أشهر بسبب عاصفة أكتوبر الماضي.</p>\
    <p>وقالت الإدارة إن الرصيف الثاني سيعود في مارس، وإنها تنتظر قطعتين من أحد الموردين في الخارج.</p>";

fn read(url: &str, html: &str) -> Article {
    let page = Page {
        canonical: CanonicalUrl::parse(url).unwrap(),
        url: url.to_owned(),
        requested_url: None,
        source: SourceId("gazette".into()),
        fetched_at: "2026-01-10T12:00:00Z".parse().unwrap(),
        status: 200,
        content_type: None,
        headers: std::collections::BTreeMap::new(),
        hint: FeedHint::default(),
        record: FetchRecord::default(),
        body: html.as_bytes().to_vec(),
    };
    extract(&page).unwrap()
}

fn article(head: &str, before: &str, after: &str) -> Article {
    let html = format!(
        "<html lang=fr><head><title>Le port rouvre ses quais - La Gazette</title>{head}</head><body><article>\
         <h1>Le port rouvre ses quais</h1>{before}{TEXT}{after}</article></body></html>"
    );
    read("https://www.gazette.example/le-port", &html)
}

#[test]
fn authors_are_read_from_visible_bylines() {
    let check = |before: &str, after: &str, expected: &[&str]| {
        assert_eq!(article("", before, after).authors, expected, "{before} {after}");
    };
    check(
        "<div class=meta>Par <a href=/auteur/rim>Rim Alami</a><span>Suivre</span></div>",
        "",
        &["Rim Alami"],
    );
    check("<p>Par Rim Alami et Ali Zouak</p>", "", &["Rim Alami", "Ali Zouak"]);
    check(
        "<p class=byline><a rel=author href=/a/1>Rim Alami</a>, <a rel=author href=/a/2>Ozéa Tazi</a></p>",
        "",
        &["Rim Alami", "Ozéa Tazi"],
    );
    check(
        "<p class=byline>By <a href=/author/1>Rim Alami</a> Reviewed by <a href=/author/2>Ali Zouak</a></p>",
        "",
        &["Rim Alami"],
    );
    check(
        "<div class=authorname-txt><span>Rim Alami</span><span>Rédactrice en chef</span></div>",
        "",
        &["Rim Alami"],
    );
    check("", "<p>Rim Alami</p>", &["Rim Alami"]);
    check("<p>4 janvier 2026 - Ali Zouak</p>", "", &["Ali Zouak"]);
    check("<p>Par A.Tazi avec agences</p>", "", &["A.Tazi"]);
    check("", "<h5>Auteur :</h5><p>Ali Zouak</p>", &["Ali Zouak"]);
    check("<p>Par la rédaction</p>", "", &[]);
    check("<p>Par La Gazette avec APM</p>", "", &[]);
    check("", "<div class=comments><p class=author>Rim Alami</p></div>", &[]);
}

#[test]
fn what_readers_see_tells_who_signed() {
    let check = |head: &str, before: &str, after: &str, expected: &[&str]| {
        assert_eq!(article(head, before, after).authors, expected, "{head} {before} {after}");
    };
    let declared = "<script type=application/ld+json>{\"@type\":\"NewsArticle\",\"headline\":\"Le port rouvre ses \
        quais\",\"author\":{\"@type\":\"Person\",\"name\":\"Salma Naciri\"}}</script>";
    let byline = "<p class=auteurs><a href=/auteur/rim>Rim Alami</a></p>";
    check(declared, "", "", &["Salma Naciri"]);
    check(declared, byline, "", &["Rim Alami"]);
    check(declared, byline, "<p>Avec Salma Naciri, au port.</p>", &["Salma Naciri"]);
    check(
        "<meta name=description content='Posted by Jane Doe and John Roe - Web team'>",
        "",
        "",
        &["Jane Doe", "John Roe"],
    );
    // A name of the title below the text is a tag.
    let html = format!(
        "<title>Ali Zouak rouvre le port</title><h1>Ali Zouak rouvre le port</h1>{TEXT}<p>Ali Zouak</p>"
    );
    assert!(read("https://www.gazette.example/le-port", &html).authors.is_empty());
}

#[test]
fn names_are_told_from_other_tasks_and_subjects() {
    let check = |head: &str, before: &str, after: &str, expected: &[&str]| {
        assert_eq!(article(head, before, after).authors, expected, "{head} {before} {after}");
    };
    let reviewed = "<p>Reviewed by: Ali Zouak, CFP</p><div class=author-box>Ali Zouak</div>";
    check("<meta name=author content='Rim Alami'>", reviewed, "", &["Rim Alami"]);
    check("", reviewed, "", &[]);
    check("<meta name=author content=Salma>", "", "", &["Salma"]);
    check("<meta name=author content=Portail>", "", "", &[]);
    check("", "<a rel=author href=/a/7>Ozéa Tazi et Rim Alami</a>", "", &["Ozéa Tazi", "Rim Alami"]);
    check("<meta name=description content='Un article written by Jane Doe.'>", "", "", &["Jane Doe"]);
    check("", "<p>Par Sourdine</p>", "", &[]);
    check("", "<p class=byline>siteadmin</p>", "", &[]);
    check("<meta name=citation_author content='Tazi, Ozéa'>", "", "", &["Ozéa Tazi"]);
    check("", "<p>4 janvier 2026 by Ali Zouak in Économie</p>", "", &["Ali Zouak"]);
}

#[test]
fn sections_are_told_by_the_sites_own_labels() {
    let nav = "<nav><a href=/r/economie>Économie</a><a href=/r/culture>Culture</a></nav>";
    let check = |before: &str, head: &str, expected: Option<&str>| {
        let html = format!(
            "<html lang=fr><head><title>Le port rouvre ses quais</title>{head}</head><body>{nav}{before}\
             <h1>Le port rouvre ses quais</h1>{TEXT}</body></html>"
        );
        let section = read("https://www.gazette.example/le-port", &html).section;
        assert_eq!(section.as_deref(), expected, "{before} {head}");
    };
    check("<p>Économie</p>", "", Some("Économie"));
    check("<p>Météo</p>", "", None);
    check("", "<meta property=article:section content=Culture>", Some("Culture"));
    let crumbs = "<script type=application/ld+json>{\"@type\":\"BreadcrumbList\",\"itemListElement\":[{\"name\":\"Vie locale\"}]}</script>";
    let slug = format!("<meta property=article:section content=vie-locale>{crumbs}");
    check("", &slug, Some("Vie locale"));
}

#[test]
fn arabic_dispatches_are_signed_on_their_first_line() {
    let check = |line: &str, expected: &[&str]| {
        let html = format!(
            "<html lang=ar dir=rtl><head><title>الميناء يعود إلى العمل</title></head><body><article>\
             <h1>الميناء يعود إلى العمل</h1>{line}{ARABIC}</article></body></html>"
        );
        assert_eq!(read("https://www.gazette.example/ar/1", &html).authors, expected, "{line}");
    };
    check("<p>الساحل - مريم السلاوي:</p>", &["مريم السلاوي"]);
    check("<p>كتبت مريم السلاوي</p>", &["مريم السلاوي"]);
    check("<p>بقلم: د. خالد السلاوي</p>", &["خالد السلاوي"]);
    check("<p>الساحل - وكالات</p>", &[]);
}

#[test]
fn dates_are_read_where_they_are_printed() {
    let check = |head: &str, before: &str, after: &str, expected: &str| {
        let found = article(head, before, after).published.map(|p| p.to_string()).unwrap_or_default();
        assert_eq!(found, expected, "{head} {before} {after}");
    };
    check("", "<p>Publié le 4 janvier 2026 à 12h47</p>", "", "2026-01-04");
    check("", "<p>Il y a 2 heures</p>", "", "2026-01-10T10:00:00Z");
    check("", "<p>Hier, à 21:30</p>", "", "2026-01-09");
    check("", "", "<ul><li>Mise en ligne : 4 janvier 2026</li></ul>", "2026-01-04");
    check("", "<time datetime=2026-01-08T09:00:00Z>Publié le 4 janvier 2026</time>", "", "2026-01-04");
    check("", "<p>Mis à jour le 4 janvier 2026</p>", "", "2026-01-04");
    check("", "<p>Mis à jour le 05/01/26 21:06 | Publié le 04/01/26 6:00</p>", "", "2026-01-04");
    check(
        "",
        "<p>Rabat, (4.1.2026). La direction a dit que le second quai suivra en mars, sans autre détail.</p>",
        "",
        "2026-01-04",
    );
    check("<script>x={\"datePublished\":\"2026-01-04T09:00:00Z\"}</script>", "", "", "2026-01-04T09:00:00Z");
    check("", "<p class=byline><b>Rim Alami</b><span>4.1.2026</span></p>", "", "2026-01-04");
    check("", "<ul class='nav meta'><li>4 janvier 2026</li></ul>", "", "2026-01-04");
    check(
        "",
        "<p>Publié le 4 janvier 2026 | Rabat. La direction dit que le second quai suivra en mars, et qu’elle attend encore deux pièces d’un fournisseur, sans donner d’autre détail.</p>",
        "",
        "2026-01-04",
    );
    check("", "", "<footer><p>Dernière modification : 4 janvier 2026</p></footer>", "2026-01-04");
    // The publisher's own clock tells the day that UTC hides.
    check(
        "<meta property=article:published_time content=2026-01-03T23:30:00Z>",
        "<p class=date>4 janvier 2026, 00:30</p>",
        "",
        "2026-01-04T00:30:00+01:00",
    );
    check("<meta name=dc.date content=2026-01-08>", "<p>Publié le 4 janvier 2026</p>", "", "2026-01-04");
    check(
        "",
        "<p>Le chantier commencé le 4 janvier doit finir au printemps de l’an prochain, si tout va bien.</p>",
        "",
        "",
    );
}

/// One moment for publication and change, stamped when the page was made again, tells nothing of either.
#[test]
fn a_stamp_of_the_pages_making_gives_way_to_the_day_printed() {
    let check = |changed: &str, printed: &str, expected: &str| {
        let head = format!(
            "<script type=application/ld+json>{{\"@type\":\"NewsArticle\",\"datePublished\":\"2026-01-05T04:00:00Z\",\
             \"dateModified\":\"{changed}\"}}</script>"
        );
        let article = article(&head, &format!("<p class=date>Publié le {printed}</p>"), "");
        assert_eq!(article.published.unwrap().day().to_string(), expected, "{changed} {printed}");
    };
    check("2026-01-05T04:00:00Z", "3 mars 2024", "2024-03-03");
    check("2026-01-05T04:00:00Z", "2 janvier 2026", "2026-01-05");
    check("2026-01-06T04:00:00Z", "3 mars 2024", "2026-01-05");
}

#[test]
fn a_change_alone_is_marked_as_such() {
    let article = article("", "<p>Mis à jour le 4 janvier 2026</p>", "");
    assert_eq!(article.provenance.get("published").map(String::as_str), Some("text, changed"));
    assert_eq!(article.modified.map(|p| p.to_string()).as_deref(), Some("2026-01-04"));
}

#[test]
fn titles_are_without_site_and_kicker() {
    let check = |html: &str, title: &str, kicker: Option<&str>| {
        let article = read("https://www.gazette.example/le-port", &format!("{html}{TEXT}"));
        assert_eq!((article.title.as_deref(), article.kicker.as_deref()), (Some(title), kicker), "{html}");
    };
    check(
        "<title>Le port rouvre ses quais | La Gazette</title><h1><span class=kicker>Littoral</span> Le port rouvre ses quais</h1>",
        "Le port rouvre ses quais",
        Some("Littoral"),
    );
    check(
        "<title>Le port rouvre ses quais : La Gazette</title><h1><a href=/>La Gazette du littoral</a></h1><h2>Le port rouvre ses quais</h2>",
        "Le port rouvre ses quais",
        None,
    );
    check(
        "<title>Le port rouvre ses quais - La Gazette</title><h1>Enfin le port rouvre ses quais</h1>",
        "Enfin le port rouvre ses quais",
        None,
    );
    check(
        "<title>Port : tout savoir de la réouverture</title><h1>Le port rouvre ses quais</h1><h2>Tout savoir</h2>",
        "Le port rouvre ses quais",
        None,
    );
    check(
        "<title>Littoral et grues, notre grand format</title><h1>Le port rouvre ses quais</h1>",
        "Le port rouvre ses quais",
        None,
    );
}

#[test]
fn titles_are_what_heads_the_text() {
    let check = |html: &str, title: &str, kicker: Option<&str>| {
        let html = format!("{html}{TEXT}");
        let article = read("https://www.gazette.example/le-port", &html);
        assert_eq!((article.title.as_deref(), article.kicker.as_deref()), (Some(title), kicker), "{html}");
        assert!(article.text.starts_with("Les grues"), "{}", article.text);
    };
    let og = |title: &str| format!("<meta property=og:title content='{title}'><title>{title}</title>");
    // The first rank stands in a bar of the site for search engines.
    check(
        &format!(
            "{}<ul class=breadcrumb><li><h1>Port : tout sur la réouverture des quais</h1></ul><h2>Le port rouvre enfin ses deux quais</h2>",
            og("Le port rouvre enfin ses deux quais")
        ),
        "Le port rouvre enfin ses deux quais",
        None,
    );
    // A kicker in an element of its own, which only the declared title ends with a sign.
    check(
        &format!(
            "{}<h1><b>Littoral</b> Le port rouvre ses quais</h1>",
            og("Littoral. Le port rouvre ses quais")
        ),
        "Le port rouvre ses quais",
        Some("Littoral"),
    );
    check(
        &format!(
            "{}<h1><b>Fin des travaux au port</b> Les deux quais rouvrent</h1>",
            og("Fin des travaux au port : Les deux quais rouvrent")
        ),
        "Fin des travaux au port : Les deux quais rouvrent",
        None,
    );
    check(
        &format!(
            "{}<h1>Fin des travaux<span class=visually-hidden>: </span><span>les quais rouvrent</span></h1>",
            og("Les quais rouvrent au port")
        ),
        "Fin des travaux: les quais rouvrent",
        None,
    );
}

#[test]
fn a_picture_has_its_own_caption_and_credit() {
    let head = "<meta property=og:image content=/grue.jpg>";
    let figure = "<figure><figcaption>Une grue à quai. <span class=credit>© Rim Alami / AFP</span></figcaption></figure>";
    let image = article(head, figure, "").lead_image.unwrap();
    assert_eq!(image.url, "https://www.gazette.example/grue.jpg");
    assert_eq!(image.caption.as_deref(), Some("Une grue à quai."));
    assert_eq!(image.credit.as_deref(), Some("Rim Alami / AFP"));
}

#[test]
fn an_editor_is_not_told_what_no_page_says() {
    let ld = "<script type=application/ld+json>{\"@type\":\"NewsArticle\",\"datePublished\":\"2026-01-05T09:00:00Z\",\
              \"dateModified\":\"2026-01-05T08:59:00Z\"}</script>";
    assert_eq!(article(ld, "", "").modified, None);
    let slug = "<meta property=article:section content='/environnement/'>";
    assert_eq!(article(slug, "", "").section.as_deref(), Some("environnement"));
    let words = "<meta name=keywords content='port, rouvre, ses, quais'>";
    assert_eq!(article(words, "", "").keywords, Vec::<String>::new());
    let words = "<meta name=keywords content='port, rouvre, ses, quais, pêche, gazole'>";
    assert_eq!(article(words, "", "").keywords.len(), 6);
    let menu = "<ul class=nav><li><a href=/partenaires>Contenu partenaire</a></li></ul>";
    assert!(!article("", menu, "").sponsored);
    assert!(article("", "<p>Contenu partenaire</p>", "").sponsored);
}

#[test]
fn a_picture_is_found_where_none_is_declared_and_no_logo_is_one() {
    let shown = "<figure><img src='data:image/gif;base64,R0' data-src=/img/quai.jpg width=800></figure>";
    let marks = "<img src=/img/logo.png><img src=/img/avatar.jpg width=64>";
    let found = article("", &format!("{marks}{shown}"), "").lead_image.unwrap();
    assert_eq!(found.url, "https://www.gazette.example/img/quai.jpg");
    let logo = "<meta property=og:image content=/img/logo-gazette.png>";
    assert_eq!(article(logo, marks, "").lead_image, None);
    assert_eq!(article(logo, shown, "").lead_image.unwrap().url, found.url);
    let told = "<meta property=og:image content=/img/le-nouveau-logo-du-port-est-inaugure.jpg>";
    assert!(article(told, "", "").lead_image.is_some(), "a picture of a logo, named by a sentence");
}

#[test]
fn dates_of_the_site_and_of_other_articles_are_not_the_articles() {
    let published = |after: &str| article("", "", after).published.map(|date| date.to_string());
    assert_eq!(published("<footer>© 2025 La Gazette. Dernière mise à jour : 12/11/2025</footer>"), None);
    let teaser = "<aside><ul><li><a href=/quai>Le troisième quai attend encore ses grues</a> \
        <time datetime=2026-01-08>8 janvier 2026</time></ul></aside>";
    assert_eq!(published(teaser), None);
    let live = r#"<script type=application/ld+json>{"@type":"LiveBlogPosting","headline":"Le port rouvre ses quais",
        "coverageStartTime":"2026-01-09T14:10:00+01:00","liveBlogUpdate":[{"@type":"BlogPosting","headline":"Une grue",
        "datePublished":"2026-01-09T18:45:00+01:00"}]}</script>"#;
    let date = article(live, "", "").published.unwrap().to_string();
    assert_eq!(date, "2026-01-09T14:10:00+01:00", "a live page is dated by its beginning");
}

#[test]
fn sections_opinions_and_licences_are_read_where_the_page_prints_them() {
    let crumbs = "<ol itemscope itemtype='https://schema.org/BreadcrumbList'><li><a href=/>Accueil</a><li>\
        <a href=/eco>Économie</a><li>Le port rouvre ses quais</ol>";
    assert_eq!(article("", crumbs, "").section.as_deref(), Some("Économie"));
    let label = "<div class=post-category><a href=/idees>Tribunes</a></div>";
    let found = article("", label, "");
    assert_eq!((found.section.as_deref(), found.opinion), (Some("Tribunes"), true));
    let licence = |text: &str| article("", "", text).licence;
    let link = "<a href=https://creativecommons.org/licenses/by/4.0/>CC BY 4.0</a>";
    let own = licence(&format!("<footer>Ce texte est publié sous licence {link}</footer>"));
    assert_eq!(own.as_deref(), Some("https://creativecommons.org/licenses/by/4.0/"));
    assert_eq!(licence(&format!("<p>Photo : Rim Alami, licence {link}</p>")), None);
    let words = "<meta name=news_keywords content='port, quai, 100312, Le troisième quai atte…, [4]'>";
    assert_eq!(article(words, "", "").keywords, ["port", "quai"]);
}

#[test]
fn agencies_sign_below_the_text_and_the_text_keeps_its_end() {
    let signed = |after: &str| article("", "", after).agencies;
    for line in ["AFP", "(AFP)", "Avec AFP", "La rédaction avec AFP", "Source : AFP", "©AFP", "أ.ف.ب"] {
        assert_eq!(signed(&format!("<p>{line}</p>")), ["AFP"], "{line}");
    }
    assert_eq!(signed("<p>Avec AFP et Reuters</p>"), ["AFP", "Reuters"]);
    assert_eq!(signed("<p>Photo : AFP</p>"), [""; 0]);
    assert_eq!(
        signed("<p>Le ministre l’a dit à l’AFP, Reuters et MAP le sachant aussi, avant de partir.</p>"),
        [""; 0]
    );
    let found = article("", "", "<p>Fin du texte ici, a conclu le ministre. (AFP)</p>");
    assert_eq!(found.agencies, ["AFP"]);
    assert!(found.text.ends_with("a conclu le ministre. (AFP)"), "{}", found.text);
}
