//! Reports on their way: each is sent in the background and tried again while the referral program cannot be reached.
//!
//! The buyer's thank-you page waits for none of it. A real shop would keep its reports in its database; the demo keeps
//! them in memory, and a stopped store forgets what it could not deliver.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::Value;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use super::app::App;
use super::goodword::Sent;
use super::ids::{lock, now_ms};
use super::orders::{Report, ReportState};

/// Milliseconds before each try: at once, then ever slower, about half a minute in all.
const BEFORE_TRY: [u64; 8] = [0, 200, 500, 1_000, 2_000, 4_000, 8_000, 15_000];

/// The longest wait that the program may ask for.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// The background work.
#[derive(Debug, Default)]
pub struct Reporter {
    tasks: Mutex<JoinSet<()>>,
}

impl Reporter {
    /// Notes a report in its order and sends it in the background.
    pub fn send(&self, app: &Arc<App>, order_id: &str, report: Report) {
        let (id, body) = (report.id.clone(), report.body.clone());
        let noted = app.orders.change(order_id, |order| {
            order.reports.push(report);
            order.reports.len() - 1
        });
        let Some(index) = noted else { return };
        let note = Note {
            app: Arc::clone(app),
            order_id: order_id.to_owned(),
            index,
        };
        let mut tasks = lock(&self.tasks);
        // The results of finished ones are dropped here, so that the set stays small.
        while tasks.try_join_next().is_some() {}
        tasks.spawn(deliver(note, id, body));
    }

    /// Waits for what is on its way, but no longer than this.
    pub async fn finish(&self, within: Duration) {
        let mut tasks = std::mem::take(&mut *lock(&self.tasks));
        let all = async { while tasks.join_next().await.is_some() {} };
        // Whatever is left is aborted when the set is dropped.
        let _ = timeout(within, all).await;
    }

    /// Ends everything at once.
    pub fn abort(&self) {
        lock(&self.tasks).abort_all();
    }
}

/// Where the fate of a report is written.
struct Note {
    app: Arc<App>,
    order_id: String,
    index: usize,
}

impl Note {
    fn write(&self, with: impl FnOnce(&mut Report)) {
        self.app.orders.change(&self.order_id, |order| {
            order.reports.get_mut(self.index).map(with)
        });
    }

    fn settle(&self, state: ReportState, answer: Option<Value>) {
        self.write(|report| {
            report.state = state;
            report.answer = answer;
            report.settled_at = Some(now_ms());
        });
    }
}

async fn deliver(note: Note, id: String, body: String) {
    let mut asked = Duration::ZERO;
    for before in BEFORE_TRY {
        sleep(Duration::from_millis(before).max(asked)).await;
        note.write(|report| report.tries += 1);
        match note.app.goodword.send(&id, &body).await {
            Sent::Accepted(answer) => return note.settle(ReportState::Accepted, Some(answer)),
            Sent::Refused(answer) => return note.settle(ReportState::Refused, Some(answer)),
            Sent::Later(wait) => asked = wait.unwrap_or_default().min(LONGEST_WAIT),
        }
    }
    note.settle(ReportState::Unreachable, None);
}
