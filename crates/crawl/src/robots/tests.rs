//! The examples of RFC 9309 and cases from the wild.

use super::*;

fn check(robots: &str, agent: &str, url: &str, allowed: bool) {
    assert_eq!(robots_allowed(robots.as_bytes(), agent, url), allowed, "{agent} {url}\n{robots}");
}

/// RFC 9309 §5.1.
const SIMPLE: &str = "User-Agent: *\nDisallow: *.gif$\nDisallow: /example/\nAllow: /publications/\n\n\
    User-Agent: foobot\nDisallow:/\nAllow:/example/page.html\nAllow:/example/allowed.gif\n\n\
    User-Agent: barbot\nUser-Agent: bazbot\nDisallow: /example/page.html\n\nUser-Agent: quxbot\n";

#[test]
fn simple_example_of_the_rfc() {
    check(SIMPLE, "other", "http://a.example/example/x", false);
    check(SIMPLE, "other", "http://a.example/x.gif", false);
    check(SIMPLE, "other", "http://a.example/x.gif?y", true);
    check(SIMPLE, "other", "http://a.example/publications/", true);
    check(SIMPLE, "foobot", "http://a.example/publications/", false);
    check(SIMPLE, "FooBot/2.1", "http://a.example/example/page.html", true);
    check(SIMPLE, "foobot", "http://a.example/example/allowed.gif", true);
    check(SIMPLE, "barbot", "http://a.example/example/page.html", false);
    check(SIMPLE, "bazbot", "http://a.example/example/page.html", false);
    check(SIMPLE, "bazbot", "http://a.example/example/x", true);
    check(SIMPLE, "quxbot", "http://a.example/example/page.html", true);
}

#[test]
fn longest_match_decides_and_allow_among_equals() {
    let text = "User-Agent: foobot\nAllow: /example/page/\nDisallow: /example/page/disallowed.gif\n";
    check(text, "foobot", "/example/page/disallowed.gif", false);
    check(text, "foobot", "/example/page/x.gif", true);
    check("user-agent: *\ndisallow: /p\nallow: /p", "x", "/p", true);
    check("user-agent: *\nallow: /p\ndisallow: /", "x", "/page", true);
    check("user-agent: *\nallow: /$\ndisallow: /", "x", "http://a.example/page.htm", false);
    check("user-agent: *\nallow: /$\ndisallow: /", "x", "http://a.example", true);
}

#[test]
fn groups_of_one_agent_are_read_as_one() {
    let text = "user-agent: a\ndisallow: /c\n\nuser-agent: b\ndisallow: /d\n\nuser-agent: a\ndisallow: /e\n";
    check(text, "a", "/c", false);
    check(text, "a", "/e", false);
    check(text, "a", "/d", true);
    check(text, "b", "/c", true);
}

#[test]
fn special_characters() {
    check("user-agent: *\ndisallow: /fish*.php", "x", "/fishheads/cat.php?q", false);
    check("user-agent: *\ndisallow: /*.php$", "x", "/a.php?q", true);
    check("user-agent: *\ndisallow: /*.php$", "x", "/a/b.php", false);
    check("user-agent: *\ndisallow: /path/file-with-a-%2A.html", "x", "/path/file-with-a-*.html", false);
    check("user-agent: *\ndisallow: /path/file-with-a-%2A.html", "x", "/path/file-with-a-b.html", true);
    check("user-agent: *\ndisallow: /path/foo-%24", "x", "/path/foo-$", false);
    check("user-agent: *\ndisallow: /a$b", "x", "/a$b/c", false);
    check("user-agent: *\ndisallow: /***a", "x", "/bba", false);
}

#[test]
fn percent_encoding_is_one_spelling() {
    let url = "http://a.example/foo/bar/%E3%83%84";
    check("user-agent: *\ndisallow: /foo/bar/ツ", "x", url, false);
    check("user-agent: *\ndisallow: /foo/bar/%e3%83%84", "x", url, false);
    check("user-agent: *\ndisallow: /foo/bar/%62%61%7A", "x", "/foo/bar/baz", false);
    check("user-agent: *\ndisallow: /foo/bar/baz", "x", "/foo/bar/%62%61%7A", false);
    check(
        "user-agent: *\ndisallow: /foo/bar?baz=http://foo.bar",
        "x",
        "/foo/bar?baz=http%3A%2F%2Ffoo.bar",
        false,
    );
    check("user-agent: *\ndisallow: /a%2Fb", "x", "/a/b", true);
    check("user-agent: *\ndisallow: /أخبار", "x", "https://a.example/أخبار/1", false);
}

#[test]
fn agents_are_told_apart_by_token() {
    check("user-agent: Kiosque/1.0\ndisallow: /", "kiosque", "/x", false);
    check("user-agent: kiosque-news\ndisallow: /", "kiosque", "/x", true);
    check("user-agent: kios\ndisallow: /", "kiosque", "/x", true);
    check("user-agent: bot2\ndisallow: /", "bot1", "/x", true);
    check("user-agent: bot2\ndisallow: /", "bot2", "/x", false);
    check("user-agent: *\ndisallow: /\n\nuser-agent: kiosque\nallow: /", "kiosque", "/x", true);
}

#[test]
fn sloppy_files_are_read_with_good_will() {
    check("\u{feff}User-agent : * # all\r\nDisallow : /x # why\r\n", "k", "/x/y", false);
    check("useragent *\ndissallow /x", "k", "/x", false);
    check("User-agent: *\rDisallow: /x\r", "k", "/x", false);
    check("disallow: /\nuser-agent: b\ndisallow: /x", "k", "/", true);
    check("user-agent: *\ndisallow:\n", "k", "/x", true);
    check("user-agent: a\nsitemap: http://a.example/s\nuser-agent: k\ndisallow: /", "k", "/x", false);
    check("<!DOCTYPE html><html><body>Disallow: /</body></html>", "k", "/x", true);
    check("", "k", "/x", true);
    check("user-agent: *\ndisallow: /", "k", "/robots.txt", true);
}

#[test]
fn what_follows_the_limit_is_ignored() {
    let mut text = b"user-agent: *\ndisallow: /a\n".to_vec();
    text.resize(MAX_ROBOTS_BYTES, b'\n');
    text.extend(b"disallow: /b\n");
    assert!(!robots_allowed(&text, "k", "/a"));
    assert!(robots_allowed(&text, "k", "/b"));
}

#[test]
fn tells_the_line_the_delay_and_the_sitemaps() {
    let text = b"Sitemap: https://a.example/s.xml\nUser-agent: *\nCrawl-delay: 2.5\nDisallow: /x/\n";
    let robots = Robots::parse(text, "k");
    assert_eq!(robots.crawl_delay, Some(2.5));
    assert_eq!(robots.sitemaps, ["https://a.example/s.xml"]);
    let verdict = robots.verdict("https://a.example/x/1");
    assert_eq!(verdict, Verdict { allowed: false, line: Some("Disallow: /x/".into()) });
    assert_eq!(robots.verdict("https://a.example/y"), Verdict { allowed: true, line: None });
}

/// The table "URL matching based on path values" of Google's "How Google interprets the robots.txt specification": the
/// pattern, what it matches, what it does not.
#[test]
fn path_values_as_google_publishes_them() {
    let table: [(&str, &[&str], &[&str]); 10] = [
        ("/", &["/", "/fish", "/fish?x"], &[]),
        ("/*", &["/", "/fish", "/fish?x"], &[]),
        ("/$", &["/"], &["/fish", "/fish/"]),
        (
            "/fish",
            &[
                "/fish",
                "/fish.html",
                "/fish/salmon.html",
                "/fishheads",
                "/fishheads/yummy.html",
                "/fish.php?id=anything",
            ],
            &["/Fish.asp", "/catfish", "/?id=fish", "/desert/fish"],
        ),
        (
            "/fish*",
            &[
                "/fish",
                "/fish.html",
                "/fish/salmon.html",
                "/fishheads",
                "/fishheads/yummy.html",
                "/fish.php?id=anything",
            ],
            &["/Fish.asp", "/catfish", "/?id=fish", "/desert/fish"],
        ),
        (
            "/fish/",
            &["/fish/", "/fish/?id=anything", "/fish/salmon.htm"],
            &["/fish", "/fish.html", "/animals/fish/", "/Fish/Salmon.asp"],
        ),
        (
            "/*.php",
            &[
                "/index.php",
                "/filename.php",
                "/folder/filename.php",
                "/folder/filename.php?parameters",
                "/folder/any.php.file.html",
                "/filename.php/",
            ],
            &["/", "/windows.PHP"],
        ),
        (
            "/*.php$",
            &["/filename.php", "/folder/filename.php"],
            &["/filename.php?parameters", "/filename.php/", "/filename.php5", "/windows.PHP"],
        ),
        ("/fish*.php", &["/fish.php", "/fishheads/catfish.php?parameters"], &["/Fish.PHP"]),
        ("fish", &[], &["/fish", "/"]),
    ];
    for (pattern, matched, left) in table {
        for path in matched {
            check(&format!("user-agent: *\ndisallow: {pattern}\n"), "k", path, false);
        }
        for path in left {
            check(&format!("user-agent: *\ndisallow: {pattern}\n"), "k", path, true);
        }
    }
}

/// The table "Order of precedence for rules" of the same page.
#[test]
fn precedence_as_google_publishes_it() {
    let of = |rules: &str, path: &str, allowed| check(&format!("user-agent: *\n{rules}"), "k", path, allowed);
    of("allow: /p\ndisallow: /\n", "/page", true);
    of("allow: /folder\ndisallow: /folder\n", "/folder/page", true);
    of("allow: /page\ndisallow: /*.htm\n", "/page.htm", false);
    of("allow: /page\ndisallow: /*.ph\n", "/page.php5", true);
    of("allow: /$\ndisallow: /\n", "/", true);
    of("allow: /$\ndisallow: /\n", "/page.htm", false);
}

/// Its examples of groups: names in several lines, groups of one name, the star, other lines between.
#[test]
fn groups_as_google_publishes_them() {
    let grouped = "user-agent: googlebot-news\ndisallow: /1\n\nuser-agent: *\ndisallow: /2\n\n\
        user-agent: googlebot\ndisallow: /3\n";
    for (agent, path) in [("googlebot-news", "/1"), ("googlebot", "/3"), ("otherbot", "/2")] {
        for tried in ["/1", "/2", "/3"] {
            check(grouped, agent, tried, tried != path);
        }
    }
    let merged = "user-agent: googlebot-news\ndisallow: /fish\n\nuser-agent: *\ndisallow: /carrots\n\n\
        user-agent: googlebot-news\ndisallow: /shrimp\n";
    for (path, allowed) in [("/fish", false), ("/shrimp", false), ("/carrots", true)] {
        check(merged, "googlebot-news", path, allowed);
    }
    let between = "user-agent: a\nsitemap: https://a.example/sitemap.xml\n\nuser-agent: b\ndisallow: /\n";
    check(between, "a", "/x", false);
    check(between, "b", "/x", false);
}

/// RFC 9309 §2.2.2, the table of percent-encoding: what the rule says, what is asked for.
#[test]
fn encoded_paths_of_the_rfc() {
    for (rule, asked) in [
        ("/foo/bar?baz=quz", "/foo/bar?baz=quz"),
        ("/foo/bar?baz=https://foo.bar", "/foo/bar?baz=https%3A%2F%2Ffoo.bar"),
        ("/foo/bar/\u{30c4}", "/foo/bar/%E3%83%84"),
        ("/foo/bar/%E3%83%84", "/foo/bar/%E3%83%84"),
        ("/foo/bar/%62%61%7A", "/foo/bar/baz"),
        ("/path/file-with-a-%2A.html", "/path/file-with-a-*.html"),
        ("/path/foo-%24", "/path/foo-$"),
    ] {
        check(&format!("user-agent: *\ndisallow: {rule}\n"), "k", asked, false);
    }
}

proptest::proptest! {
    #[test]
    fn is_total(text in proptest::collection::vec(proptest::num::u8::ANY, 0..400), url in ".{0,80}") {
        let _ = robots_allowed(&text, "k", &url);
    }
}

#[test]
fn rules_in_another_charset_forbid_their_own_path_alone() {
    let robots = Robots::parse(b"User-agent: *\nDisallow: /\xe9t\xe9\n", "kiosque");
    let allowed = |path: &str| robots.verdict(&format!("http://a.example{path}")).allowed;
    assert_eq!((allowed("/"), allowed("/a"), allowed("/%E9t%E9/1")), (true, true, false));
}
