//! An open page of a referrer, as far as its socket goes.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::{HeaderName, HeaderValue};
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use super::edge::Edge;

/// A socket that hears of news.
#[derive(Debug)]
pub struct LivePage {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

impl LivePage {
    /// Connects to the path that a referrer's view names. Fails with status and body of an answer that is no socket.
    pub async fn open(
        edge: &Edge,
        path: &str,
        headers: &[(&str, &str)],
    ) -> Result<Self, (u16, String)> {
        let address = format!("{}{path}", edge.socket_url());
        let mut request = address.into_client_request().expect("an address");
        for (name, value) in headers {
            let name: HeaderName = name.parse().expect("a header's name");
            let value: HeaderValue = value.parse().expect("a header's value");
            request.headers_mut().insert(name, value);
        }
        match connect_async(request).await {
            Ok((socket, _)) => Ok(Self { socket }),
            Err(Error::Http(answer)) => {
                let body = answer.body().as_deref().unwrap_or_default();
                let body = String::from_utf8_lossy(body).into_owned();
                Err((answer.status().as_u16(), body))
            }
            Err(error) => panic!("no socket: {error}"),
        }
    }

    /// The next text that comes within this time.
    pub async fn hears(&mut self, limit: Duration) -> Option<String> {
        let text = async {
            loop {
                match self.socket.next().await {
                    Some(Ok(Message::Text(text))) => return text.to_string(),
                    Some(Ok(_)) => {}
                    other => panic!("the socket ended: {other:?}"),
                }
            }
        };
        timeout(limit, text).await.ok()
    }

    /// Says something.
    pub async fn say(&mut self, text: &str) {
        let message = Message::Text(text.into());
        self.socket.send(message).await.expect("an open socket");
    }
}
