//! `extract`: turns a page into an article, or says why it is none.

use std::sync::Arc;

use kiosque_extract::{ExtractError, RuleReport, RuleSet};
use kiosque_model::{Article, Kind, Page, Reason, UniquePage};
use kiosque_stream::{Failure, Outcome, Stage};

use crate::rules::Folder;

/// The stage. Of messages it keeps nothing; the site rules it reads by may change under it.
#[derive(Default)]
pub(crate) struct Extract {
    rules: Arc<Folder<RuleSet>>,
}

impl Extract {
    /// A stage that reads pages by the rules of a folder.
    pub(crate) fn new(rules: Arc<Folder<RuleSet>>) -> Self {
        Self { rules }
    }
}

impl Stage for Extract {
    const NAME: &'static str = "extract";
    type In = UniquePage;
    type Out = Article;

    fn process(&mut self, UniquePage(page): UniquePage) -> Result<Outcome<Article>, Failure> {
        // The first page after a quiet night is read by the rules of this morning.
        let rules = self.rules.current();
        Ok(match kiosque_extract::extract_with(&page, &rules) {
            Ok((article, report)) => {
                tell(&page, &rules, report.as_ref());
                outcome(article)
            }
            Err(error @ ExtractError::NotHtml { .. }) => {
                Outcome::Drop(Reason::NotHtml, Some(error.to_string()))
            }
            Err(error @ (ExtractError::Empty | ExtractError::Address { .. })) => {
                Outcome::Drop(Reason::NoText, Some(error.to_string()))
            }
        })
    }

    fn idle(&mut self) -> Result<(), Failure> {
        self.rules.current();
        Ok(())
    }
}

/// Says what a site rule did not do, for whoever wonders why a page is read as if there were none.
fn tell(page: &Page, rules: &RuleSet, report: Option<&RuleReport>) {
    let url = page.url.as_str();
    match report {
        Some(RuleReport { file, idle, .. }) if !idle.is_empty() => tracing::debug!(
            url,
            rule = file,
            idle = idle.join(", "),
            "selectors found nothing, so general rules decide: the site has changed or the page is of another kind"
        ),
        None if !rules.is_empty() => {
            tracing::debug!(url, "no site rule names this host, so general rules decide");
        }
        Some(_) | None => {}
    }
}

/// An article needs a title and some text; a video or gallery is one with its title alone.
fn outcome(article: Article) -> Outcome<Article> {
    let told = |words: &str| Some(words.to_owned());
    match article.kind {
        Kind::Listing => Outcome::Drop(Reason::Listing, told("the page lists articles and is none")),
        Kind::Other => Outcome::Drop(Reason::NoText, told("the page is no article")),
        _ if article.title.is_none() => Outcome::Drop(Reason::NoText, told("no title was found")),
        Kind::Article | Kind::Live if article.text.trim().is_empty() => {
            Outcome::Drop(Reason::NoText, told("no text was found"))
        }
        Kind::Article | Kind::Live | Kind::Video | Kind::Gallery => Outcome::Forward(article),
    }
}

#[cfg(test)]
mod tests {
    use std::fs::{self, File};
    use std::io::Write;
    use std::path::Path;
    use std::sync::Mutex;
    use std::time::{Duration, SystemTime};

    use super::*;

    const PAGE: &str = r#"<html lang="fr"><head><title>La Gazette en ligne</title></head><body>
<h1>La Gazette, le journal du littoral</h1><p class="grand">Le port rouvre</p><p class="petit">Le quai attend</p>
<p>Trois mois après la tempête, les grues ont repris lundi matin devant une foule de pêcheurs et de curieux.</p>
<p>Un second quai suivra en mars, selon la commune, qui promet aussi une criée neuve avant la fin de l’été.</p>
</body></html>"#;

    fn rule(title: &str) -> String {
        format!("hosts = [\"gazette.example\"]\n[select]\ntitle = \"{title}\"\n")
    }

    fn stage(folder: &Path, every: Duration) -> Extract {
        Extract::new(Arc::new(Folder::open(Some(folder)).unwrap().looking_every(every)))
    }

    fn title(stage: &mut Extract) -> String {
        let url = "https://www.gazette.example/un-port";
        let page = crate::commands::extract::page(PAGE.as_bytes().to_vec(), Some(url)).unwrap();
        match stage.process(UniquePage(page)).unwrap() {
            Outcome::Forward(article) => article.title.unwrap(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_changed_folder_is_read_again_and_a_broken_one_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("gazette.toml");
        let mut stage = stage(folder.path(), Duration::ZERO);
        assert_eq!(title(&mut stage), "La Gazette, le journal du littoral");
        let mut check = |text: Option<&str>, expected: &str| {
            match text {
                Some(text) => fs::write(&file, text).unwrap(),
                None => fs::remove_file(&file).unwrap(),
            }
            stage.idle().unwrap();
            assert_eq!(title(&mut stage), expected, "{text:?}");
        };
        check(Some(&rule(".grand")), "Le port rouvre");
        check(Some("hosts = ["), "Le port rouvre");
        check(Some(&rule("p[")), "Le port rouvre");
        check(Some(&rule(".petit")), "Le quai attend");
        check(Some(&rule(".gone")), "La Gazette, le journal du littoral");
        check(None, "La Gazette, le journal du littoral");
    }

    #[test]
    fn a_touched_file_of_the_same_size_is_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("gazette.toml");
        fs::write(&path, rule(".grand")).unwrap();
        let mut stage = stage(folder.path(), Duration::ZERO);
        assert_eq!(title(&mut stage), "Le port rouvre");
        let mut file = File::create(&path).unwrap();
        file.write_all(rule(".petit").as_bytes()).unwrap();
        file.set_modified(SystemTime::now() + Duration::from_secs(5)).unwrap();
        stage.idle().unwrap();
        assert_eq!(title(&mut stage), "Le quai attend");
    }

    #[test]
    fn between_two_looks_nothing_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let mut stage = stage(folder.path(), Duration::MAX);
        fs::write(folder.path().join("gazette.toml"), rule(".grand")).unwrap();
        stage.idle().unwrap();
        assert_eq!(title(&mut stage), "La Gazette, le journal du littoral");
    }

    #[derive(Clone, Default)]
    struct Log(Arc<Mutex<Vec<u8>>>);

    impl Write for Log {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn the_log_tells_a_mistake_once_and_what_found_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("gazette.toml");
        fs::write(&file, rule(".gone")).unwrap();
        let mut stage = stage(folder.path(), Duration::ZERO);
        let log = Log::default();
        let writer = log.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::DEBUG)
            .with_ansi(false)
            .with_writer(move || writer.clone())
            .finish();
        tracing::subscriber::with_default(subscriber, || {
            title(&mut stage);
            fs::write(&file, rule("p[")).unwrap();
            (0..3).for_each(|_| stage.idle().unwrap());
            fs::remove_dir_all(folder.path()).unwrap();
            (0..3).for_each(|_| stage.idle().unwrap());
            title(&mut stage);
        });
        let told = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
        let count = |words: &str| told.lines().filter(|line| line.contains(words)).count();
        assert_eq!(count("`gazette.toml` line 3, key `select.title`: `p[` is no selector"), 1, "{told}");
        assert_eq!(count("site rules stay as they were"), 2, "{told}");
        assert_eq!(count("idle=\"title\""), 2, "{told}");
    }
}
