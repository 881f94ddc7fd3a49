//! What a test of this file needs, from an empty start: the program, a driver, a browser.

use std::fs;
use std::io::Write;
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use azure_auth_tests::program::Program;
use serde_json::{Value, json};
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::chromium::Chromium;
use crate::webdriver::Chromedriver;

/// An example, and a browser of its own for each test. Its parts end in the order of its fields.
pub(crate) struct Stage {
    browser: Alone,
    program: Program,
}

/// A browser of its own, for an application that the test serves itself.
pub(crate) struct Alone {
    pub(crate) chromium: Chromium,
    _chromedriver: Chromedriver,
    _turn: SemaphorePermit<'static>,
}

impl Deref for Stage {
    type Target = Alone;

    fn deref(&self) -> &Alone {
        &self.browser
    }
}

/// An example, and where the screenshots of its tests go, the logs beside them: empty when the first test begins.
pub(crate) struct Example {
    name: &'static str,
    album: LazyLock<PathBuf>,
}

pub(crate) static QUICKSTART: Example = Example { name: "quickstart", album: LazyLock::new(|| album("quickstart")) };
pub(crate) static EMBEDDED: Example = Example { name: "embedded", album: LazyLock::new(|| album("embedded")) };
pub(crate) static OPENAPI: Example = Example { name: "openapi", album: LazyLock::new(|| album("openapi")) };
pub(crate) static HELPDESK: Example = Example { name: "helpdesk", album: LazyLock::new(|| album("helpdesk")) };

/// Where the screenshots of applications go that tests serve themselves.
static OWN: LazyLock<PathBuf> = LazyLock::new(|| album("own"));

static TURNS: Semaphore = Semaphore::const_new(3);

impl Alone {
    /// Without Chromium there is none: the test says so and leaves it at that, unless everything must run.
    pub(crate) async fn set(test: &str) -> Option<Self> {
        Self::with(&OWN, test, &json!({})).await
    }

    /// `preferences`: of the browser, beside those that every test has.
    async fn with(album: &'static Path, test: &str, preferences: &Value) -> Option<Self> {
        let Some(browser) = installed("chromium").filter(|_| installed("chromedriver").is_some()) else {
            let notice =
                "Chromium or its driver is missing; `tests/run` installs them (Debian: chromium, chromium-driver)";
            assert!(std::env::var("AZURE_AUTH_TESTS").as_deref() != Ok("complete"), "{notice}");
            // Past the test harness, which shows what tests print only when they fail.
            let _ = writeln!(std::io::stderr(), "not tested: {test}. {notice}");
            return None;
        };
        // Several browsers at once only wait for each other.
        let turn = TURNS.acquire().await.expect("nobody closes it");
        // Not below `target`: the path of a socket in it must be short.
        let scratch = std::env::temp_dir().join(format!("chromium-{test}-{}", std::process::id()));
        let chromedriver = Chromedriver::start(&album.join(format!("{test}-chromedriver.log")), scratch);
        let chromium = Chromium { session: chromedriver.open(&browser, preferences).await, album };
        Some(Self { chromium, _chromedriver: chromedriver, _turn: turn })
    }
}

impl Stage {
    /// Without Chromium there is none.
    pub(crate) async fn set(example: &'static Example, test: &str) -> Option<Self> {
        Self::set_with(example, test, &[], &json!({})).await
    }

    /// With these variables, and with some preferences of the browser changed.
    pub(crate) async fn set_with(
        example: &'static Example,
        test: &str,
        variables: &[(String, String)],
        preferences: &Value,
    ) -> Option<Self> {
        let Example { name, album } = example;
        let browser = Alone::with(album, test, preferences).await?;
        let program = Program::start(name, variables, &album.join(format!("{test}-{name}.log")));
        Some(Self { browser, program })
    }

    /// The address of a path of the application.
    pub(crate) fn at(&self, path: &str) -> String {
        self.program.at(path)
    }

    /// The next line that the program prints.
    pub(crate) fn says(&mut self) -> String {
        self.program.says()
    }

    /// Nothing of what happened is a refusal or an error: not to the browser, which notes what a page's policy forbids,
    /// and not to the program.
    pub(crate) async fn assert_nobody_complains(&self) {
        assert_eq!(self.chromium.take_errors().await, Vec::<String>::new());
        let log = self.program.log();
        assert!(!log.contains("WARN") && !log.contains("ERROR"), "{log}");
    }
}

fn album(name: &str) -> PathBuf {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
    let album = target.join("screenshots").join(name);
    let _ = fs::remove_dir_all(&album);
    fs::create_dir_all(&album).unwrap();
    album
}

fn installed(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|directory| directory.join(program)).find(|candidate| candidate.is_file())
}
