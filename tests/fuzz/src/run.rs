//! A run of one target: the corpus first, then inputs made of it until the time is over.

mod crash;
mod pool;

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

use crate::clock::processor_time;
use crate::corpus;
use crate::coverage::{self, Seen};
use crate::execute::Panics;
use crate::generate::Generator;
use crate::mutate::mutate;
use crate::rng::Rng;
use crate::targets::Target;
use crate::verdict::Violation;
use pool::Pool;

/// Of so many inputs, one is drawn fresh.
const FRESH_EVERY: usize = 16;

/// After so many different finds a run ends: they are probably one.
const CRASHES_MAX: usize = 10;

/// Longest input that is kept in the repository.
const KEPT_LENGTH_MAX: usize = 600;

/// What a run shall do.
#[derive(Clone, Debug)]
pub struct Options {
    /// How long.
    pub seconds: u64,
    /// What everything else follows from.
    pub seed: u64,
    /// The folder of the corpus.
    pub corpus: PathBuf,
    /// Where crashing inputs are written.
    pub crashes: PathBuf,
    /// Where inputs that reached something new are kept from run to run, if anywhere.
    pub pool: Option<PathBuf>,
    /// Whether the corpus gets an input of each class that it does not reach.
    pub keep: bool,
}

/// What came of it.
#[derive(Debug, Default)]
pub struct Figures {
    /// Inputs that were checked.
    pub executions: u64,
    /// In how long.
    pub took: Duration,
    /// Classes of outcomes.
    pub outcomes: usize,
    /// Edges of the flow that were gone through.
    pub edges: usize,
    /// Edges that there are in this program.
    pub edges_known: usize,
    /// Inputs that each reached something new.
    pub pool: usize,
    /// Properties that did not hold, and panics.
    pub crashes: usize,
}

/// Runs a target.
pub fn run(target: &Target, options: &Options, panics: &Panics) -> io::Result<Figures> {
    let mut run = Run::new(target, options, panics)?;
    let known = run.begin()?;
    let begun = processor_time()?;
    let end = begun + Duration::from_secs(options.seconds);
    while processor_time()? < end && run.crashes.len() < CRASHES_MAX {
        // The clock is asked now and then: it costs as much as a small input.
        for _ in 0..64 {
            let input = run.next_input();
            run.try_input(input)?;
        }
    }
    run.figures.took = processor_time()?.saturating_sub(begun);
    run.end(&known)
}

struct Run<'a> {
    target: &'a Target,
    options: &'a Options,
    panics: &'a Panics,
    rng: Rng,
    generator: Option<Generator>,
    seen: Seen,
    pool: Pool,
    /// Each class with its shortest input.
    classes: BTreeMap<String, Vec<u8>>,
    crashes: Vec<Violation>,
    figures: Figures,
}

impl<'a> Run<'a> {
    fn new(target: &'a Target, options: &'a Options, panics: &'a Panics) -> io::Result<Self> {
        let mut rng = Rng::new(options.seed, target.name);
        let generator = target
            .form
            .map(|form| Generator::new(form, &mut rng))
            .transpose()
            .map_err(io::Error::other)?;
        Ok(Self {
            target,
            options,
            panics,
            rng,
            generator,
            seen: Seen::nothing(),
            pool: Pool::default(),
            classes: BTreeMap::new(),
            crashes: Vec::new(),
            figures: Figures::default(),
        })
    }

    /// Checks the corpus, and what earlier runs have kept. The classes that the corpus alone reaches.
    fn begin(&mut self) -> io::Result<Vec<String>> {
        for input in corpus::read(&self.options.corpus.join(self.file()))? {
            self.pool.add(input.clone());
            self.try_input(input)?;
        }
        let known = self.classes.keys().cloned().collect();
        if let Some(folder) = &self.options.pool {
            for input in corpus::read(&folder.join(self.file()))? {
                self.try_input(input)?;
            }
        }
        Ok(known)
    }

    fn file(&self) -> String {
        format!("{}.txt", self.target.name)
    }

    fn next_input(&mut self) -> Vec<u8> {
        if self.pool.is_empty() || self.rng.once_in(FRESH_EVERY) {
            let fresh = self.generator.as_mut().and_then(Generator::next);
            if let Some(input) = fresh {
                return input;
            }
        }
        let base = self.pool.pick(&mut self.rng);
        let other = self.pool.pick(&mut self.rng);
        mutate(&mut self.rng, base, other, self.target.words)
    }

    fn try_input(&mut self, input: Vec<u8>) -> io::Result<()> {
        self.figures.executions += 1;
        match self.panics.execute(self.target, &input) {
            Ok(class) => {
                let further = self.seen.add();
                let known = self.classes.get(class.as_ref());
                let other = known.is_none();
                if known.is_none_or(|shortest| input.len() < shortest.len()) {
                    self.classes.insert(class.into_owned(), input.clone());
                }
                if further || other {
                    self.pool.add(input);
                }
                Ok(())
            }
            Err(violation) => self.crashed(&input, violation),
        }
    }

    fn crashed(&mut self, input: &[u8], violation: Violation) -> io::Result<()> {
        let is_known = |known: &Violation| known.property == violation.property;
        if self.crashes.iter().any(is_known) {
            return Ok(());
        }
        let (input, violation) = crash::made_small(self.target, self.panics, input, violation);
        crash::tell(self.target, self.options, &input, &violation)?;
        self.crashes.push(violation);
        Ok(())
    }

    fn end(mut self, known: &[String]) -> io::Result<Figures> {
        if let Some(folder) = &self.options.pool {
            corpus::write(&folder.join(self.file()), self.pool.worth_keeping())?;
        }
        if self.options.keep {
            self.keep(known)?;
        }
        self.figures.outcomes = self.classes.len();
        self.figures.edges = self.seen.points();
        self.figures.edges_known = coverage::points();
        self.figures.pool = self.pool.len();
        self.figures.crashes = self.crashes.len();
        Ok(self.figures)
    }

    /// Adds to the corpus an input of each class that it did not reach.
    fn keep(&self, known: &[String]) -> io::Result<()> {
        let path = self.options.corpus.join(self.file());
        let mut inputs = corpus::read(&path)?;
        for (class, input) in &self.classes {
            if !known.contains(class) && input.len() <= KEPT_LENGTH_MAX {
                inputs.push(input.clone());
            }
        }
        corpus::write(&path, inputs.iter().map(Vec::as_slice))
    }
}
