//! The Pulse object: nudges a referrer's open pages, one object a live channel.
//!
//! Its sockets hibernate: while nothing happens the object is not in memory and costs nothing, however long pages stay
//! open. A nudge carries no data, so whoever learns a channel learns nothing but that something has changed.

use worker::{
    DurableObject, Env, Method, Request, Response, Result, State, WebSocket,
    WebSocketIncomingMessage, WebSocketPair, durable_object,
};

/// Pages of one referrer open at once.
const SOCKETS_MAX: usize = 20;

/// What an open page hears.
const NEWS: &str = "changed";

/// A live channel's object.
#[durable_object(websocket)]
pub struct Pulse {
    state: State,
}

impl DurableObject for Pulse {
    fn new(state: State, _env: Env) -> Self {
        // Keep-alive messages are answered by the platform without waking the object.
        if let Ok(pair) = worker::worker_sys::WebSocketRequestResponsePair::new("ping", "pong") {
            state.set_websocket_auto_response(&pair);
        }
        Self { state }
    }

    async fn fetch(&self, request: Request) -> Result<Response> {
        if request.method() == Method::Post {
            for socket in self.state.get_websockets() {
                // A socket that cannot be written to is closing; it will ask again when it comes back.
                let _ = socket.send_with_str(NEWS);
            }
            return Response::empty();
        }
        if self.state.get_websockets().len() >= SOCKETS_MAX {
            return Response::error("too many open pages", 429);
        }
        let pair = WebSocketPair::new()?;
        self.state.accept_web_socket(&pair.server);
        Response::from_websocket(pair.client)
    }

    async fn websocket_message(
        &self,
        _socket: WebSocket,
        _message: WebSocketIncomingMessage,
    ) -> Result<()> {
        Ok(())
    }

    async fn websocket_close(
        &self,
        socket: WebSocket,
        _code: usize,
        _reason: String,
        _was_clean: bool,
    ) -> Result<()> {
        let _ = socket.close(Some(1000), Some("bye"));
        Ok(())
    }

    async fn websocket_error(&self, _socket: WebSocket, _error: worker::Error) -> Result<()> {
        Ok(())
    }
}
