//! `classify`: gives an article its language, rubrique and keywords.

use kiosque_classify::Classifier;
use kiosque_model::{Article, Tagged};
use kiosque_stream::{Failure, Outcome, Stage};

/// The stage: the model is shared and never changes.
pub(crate) struct Classify;

impl Stage for Classify {
    const NAME: &'static str = "classify";
    type In = Article;
    type Out = Tagged;

    fn process(&mut self, article: Article) -> Result<Outcome<Tagged>, Failure> {
        Ok(Outcome::Forward(Classifier::bundled().tag(article)))
    }
}
