//! `classify`: gives an article its language, rubrique, keywords, names, quotes and summary, and does what editors' rules
//! say.

use std::fs;
use std::sync::Arc;

use anyhow::{Context, Result};
use kiosque_classify::{Classifier, WatchSet};
use kiosque_model::{Article, Tagged};
use kiosque_stream::{Failure, Outcome, Stage};

use crate::config::ClassifyConfig;
use crate::rules::Folder;

/// The stage. The model is shared and never changes; the watchlists may change under it.
#[derive(Clone, Default)]
pub(crate) struct Classify {
    /// The pipeline's own model, where it has one.
    model: Option<Arc<Classifier>>,
    watch: Arc<Folder<WatchSet>>,
}

impl Classify {
    /// A stage as a pipeline configures it.
    ///
    /// # Errors
    /// Where the model or the watchlists cannot be read: which, why, and what to do.
    pub(crate) fn open(config: &ClassifyConfig) -> Result<Self> {
        let model = match &config.model {
            None => None,
            Some(path) => {
                let told = || format!("the model `{}` cannot be used", path.display());
                let bytes = fs::read(path).with_context(told)?;
                Some(Arc::new(Classifier::from_bytes(&bytes).with_context(told)?))
            }
        };
        Ok(Self { model, watch: Arc::new(Folder::open(config.watch.as_deref())?) })
    }
}

impl Stage for Classify {
    const NAME: &'static str = "classify";
    type In = Article;
    type Out = Tagged;

    fn process(&mut self, article: Article) -> Result<Outcome<Tagged>, Failure> {
        let classifier = self.model.as_deref().unwrap_or_else(|| Classifier::bundled());
        let mut tagged = classifier.tag(article);
        self.watch.current().apply(&mut tagged);
        Ok(Outcome::Forward(tagged))
    }

    fn idle(&mut self) -> Result<(), Failure> {
        // Also when nothing comes: a mistake is told while whoever made it still looks.
        self.watch.current();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::time::Duration;

    use kiosque_model::{CanonicalUrl, Rubrique, SourceId};

    use super::*;

    fn rule(version: u32, word: &str) -> String {
        format!(
            "version = {version}\n[[rule]]\nid = \"port\"\nwatchlist = \"Ports\"\nrubrique = \"economie\"\nany = [\"{word}\"]\n"
        )
    }

    fn stage(folder: &Path) -> Classify {
        let watch = Folder::open(Some(folder)).unwrap().looking_every(Duration::ZERO);
        Classify { model: None, watch: Arc::new(watch) }
    }

    fn placed(stage: &mut Classify) -> Option<(String, u32, Rubrique)> {
        let url = CanonicalUrl::parse("https://a.example/match").unwrap();
        let at = "2026-10-06T07:00:00Z".parse().unwrap();
        let mut article = Article::new(url.to_string(), url, SourceId("a".into()), at);
        article.title = Some("L'équipe gagne la finale de la coupe".into());
        article.text = "Le match s'est joué devant le port.".into();
        match stage.process(article).unwrap() {
            Outcome::Forward(tagged) => {
                tagged.placements.first().map(|p| (p.mentions[0].text.clone(), p.version, tagged.rubrique))
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn changed_watchlists_are_in_force_at_once_and_broken_ones_are_not() {
        let folder = tempfile::tempdir().unwrap();
        let mut stage = stage(folder.path());
        let file = folder.path().join("ports.toml");
        let mut check = |text: Option<&str>, expected: Option<(&str, u32)>| {
            match text {
                Some(text) => fs::write(&file, text).unwrap(),
                None => fs::remove_file(&file).unwrap(),
            }
            let expected = expected.map(|(word, version)| (word.to_owned(), version, Rubrique::Economie));
            assert_eq!(placed(&mut stage), expected, "{text:?}");
        };
        check(Some(&rule(1, "port")), Some(("port", 1)));
        check(Some("version = ["), Some(("port", 1)));
        check(Some(&rule(2, "finale*")), Some(("finale", 2)));
        check(None, None);
    }

    #[test]
    fn a_model_that_is_none_is_told_at_the_start() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("m.bin");
        let config = ClassifyConfig { model: Some(path.clone()), watch: None };
        let said = format!("{:#}", Classify::open(&config).err().unwrap());
        assert!(said.contains("m.bin") && said.contains("cannot be used"), "{said}");
        fs::write(&path, b"nothing").unwrap();
        let said = format!("{:#}", Classify::open(&config).err().unwrap());
        assert!(said.contains("this is no rubrique model"), "{said}");
    }
}
