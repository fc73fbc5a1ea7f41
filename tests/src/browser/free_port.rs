//! A server of a test's own, on whatever port is free.

use axum::Router;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// It runs until this value is dropped.
#[derive(Debug)]
pub(super) struct Server(JoinHandle<()>);

/// Serves these routes; also returns their address, without a slash at its end.
pub(super) async fn serve(routes: Router) -> (String, Server) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let server = tokio::spawn(async move {
        axum::serve(listener, routes)
            .await
            .expect("it serves for ever");
    });
    (url, Server(server))
}

impl Drop for Server {
    fn drop(&mut self) {
        self.0.abort();
    }
}
