//! How a provider is reached: where a connection may go, and how much of an answer is read.

use async_openai::{error::OpenAIError, middleware::HttpRequestFactory};
use futures::future::BoxFuture;
use http_body_util::Limited;
use hyper::http;
use reqwest::{
    Body, Response,
    dns::{Addrs, Name, Resolve, Resolving},
};
use url::Url;

use crate::fetch::Fetcher;

/// Bytes of an answer, after decompression. One of 4,000 tokens, streamed, has about a third.
const ANSWER_MAX: usize = 2 * 1024 * 1024;

/// Leads to the vetted addresses of one host.
pub(super) struct Vetted {
    fetcher: Fetcher,
    url: Url,
}

impl Vetted {
    pub(super) const fn new(fetcher: Fetcher, url: Url) -> Self {
        Self { fetcher, url }
    }
}

impl Resolve for Vetted {
    fn resolve(&self, name: Name) -> Resolving {
        let (fetcher, url) = (self.fetcher.clone(), self.url.clone());
        Box::pin(async move {
            // No redirect is followed, so no other host is asked for.
            if url.host_str() != Some(name.as_str()) {
                return Err(format!("{} is not where this provider is", name.as_str()).into());
            }
            let found = fetcher.addresses(&url).await.map_err(|error| error.detail())?;
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

/// Sends requests once each, and reads no more of their answers than it should.
#[derive(Clone)]
pub(super) struct Bounded(pub(super) reqwest::Client);

impl tower::Service<HttpRequestFactory> for Bounded {
    type Response = Response;
    type Error = OpenAIError;
    type Future = BoxFuture<'static, Result<Response, OpenAIError>>;

    fn poll_ready(&mut self, _: &mut std::task::Context<'_>) -> std::task::Poll<Result<(), OpenAIError>> {
        std::task::Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: HttpRequestFactory) -> Self::Future {
        let client = self.0.clone();
        Box::pin(async move {
            let request = request.build().await?;
            Ok(bounded(client.execute(request).await?))
        })
    }
}

/// The same answer, which fails where it becomes too long.
pub(super) fn bounded(response: Response) -> Response {
    http::Response::from(response)
        .map(|body| Body::wrap(Limited::new(body, ANSWER_MAX)))
        .into()
}
