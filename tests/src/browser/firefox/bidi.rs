//! WebDriver BiDi: JSON over a socket. Commands are answered under their number, with events in between.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::sync::Mutex;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

/// Longer than any command may take.
const PATIENCE: Duration = Duration::from_mins(1);

/// A connection, on which one command waits for another.
#[derive(Debug)]
pub(super) struct Bidi(Mutex<Line>);

#[derive(Debug)]
struct Line {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    commands: u64,
    entries: Vec<Value>,
}

impl Bidi {
    pub(super) async fn connect(address: &str) -> Self {
        let (socket, _) = connect_async(address).await.expect("a socket");
        Self(Mutex::new(Line {
            socket,
            commands: 0,
            entries: Vec::new(),
        }))
    }

    /// What a command returns. One that is refused fails the test.
    pub(super) async fn command(&self, method: &str, parameters: Value) -> Value {
        let mut line = self.0.lock().await;
        timeout(PATIENCE, line.command(method, parameters))
            .await
            .unwrap_or_else(|_| panic!("{method} is not answered"))
    }

    /// What was logged since this was last asked, as far as it has been heard of.
    pub(super) async fn entries(&self) -> Vec<Value> {
        std::mem::take(&mut self.0.lock().await.entries)
    }
}

impl Line {
    async fn command(&mut self, method: &str, parameters: Value) -> Value {
        self.commands += 1;
        let id = self.commands;
        let command = json!({ "id": id, "method": method, "params": parameters });
        let command = Message::Text(command.to_string().into());
        self.socket.send(command).await.expect("an open socket");
        loop {
            let mut said = self.hear().await;
            if said["method"] == "log.entryAdded" {
                self.entries.push(said["params"].take());
            } else if said["id"] == id {
                assert_eq!(said["type"], "success", "{method}: {said}");
                return said["result"].take();
            }
        }
    }

    async fn hear(&mut self) -> Value {
        loop {
            match self.socket.next().await {
                Some(Ok(Message::Text(text))) => {
                    return serde_json::from_str(&text).expect("JSON");
                }
                Some(Ok(_)) => {}
                other => panic!("the browser is gone: {other:?}"),
            }
        }
    }
}
