//! Items one by one, read page by page, with at most one page in memory.

use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::vec;

use futures_core::Stream;

use super::cursor::Cursor;
use crate::{Error, Unreadable};

/// A page of items, each readable or not, and the cursor of the next page.
pub(crate) type RawPage<T> = (Vec<Read<T>>, Option<Cursor>);

type Read<T> = Result<T, Box<Unreadable>>;

type PageFuture<T> = Pin<Box<dyn Future<Output = Result<RawPage<T>, Error>> + Send>>;

#[cfg(feature = "sqlite")]
type NextPage<T> = Box<dyn FnMut(Option<Cursor>, u32) -> Result<RawPage<T>, Error> + Send>;

/// A list of items, read on demand: a [`Stream`] whose [`next`](Listing::next) needs no adaptor crate.
///
/// It reads page by page. Each page is a query, so no connection and no snapshot is held between items. An item that cannot
/// be read is an [`Error::Unreadable`], after which the listing continues; any other error ends it.
#[must_use = "nothing is read until the first `next`"]
pub struct Listing<T> {
    next_page: Box<dyn FnMut(Option<Cursor>, u32) -> PageFuture<T> + Send>,
    position: ListPosition,
    page: vec::IntoIter<Read<T>>,
    loading: Option<PageFuture<T>>,
}

/// A list of items, read on demand by the calling thread.
///
/// It reads page by page, and continues after an item that cannot be read, as [`Listing`] does.
#[cfg(feature = "sqlite")]
#[must_use = "nothing is read until the first `next`"]
pub struct Iter<T> {
    next_page: NextPage<T>,
    position: ListPosition,
    page: vec::IntoIter<Read<T>>,
}

/// The place at which the next page begins, and its size.
#[derive(Debug)]
struct ListPosition {
    /// `None` at the beginning, and at the end.
    after: Option<Cursor>,
    is_end: bool,
    /// Whether the listing ends at the first item that cannot be read.
    is_strict: bool,
    limit: u32,
}

impl ListPosition {
    /// Small at first: a caller who reads only the beginning should not wait for more.
    const FIRST: u32 = 64;
    /// Large enough that the fixed cost of a query is negligible.
    const LARGEST: u32 = 1024;

    fn new(after: Option<Cursor>, is_strict: bool) -> Self {
        Self { after, is_end: false, is_strict, limit: Self::FIRST }
    }

    /// Returns the next item of the page.
    fn next<T>(&mut self, page: &mut vec::IntoIter<Read<T>>) -> Option<Result<T, Error>> {
        let item = page.next()?;
        if item.is_err() && self.is_strict {
            *page = Vec::new().into_iter();
            self.is_end = true;
        }
        Some(item.map_err(Error::from))
    }

    fn loaded<T>(&mut self, page: Result<RawPage<T>, Error>) -> Result<vec::IntoIter<Read<T>>, Error> {
        self.limit = (self.limit * 4).min(Self::LARGEST);
        self.is_end = true;
        let (items, next) = page?;
        self.is_end = next.is_none();
        self.after = next;
        Ok(items.into_iter())
    }
}

impl<T> Listing<T> {
    pub(crate) fn new(
        after: Option<Cursor>,
        is_strict: bool,
        next_page: impl FnMut(Option<Cursor>, u32) -> PageFuture<T> + Send + 'static,
    ) -> Self {
        Self {
            next_page: Box::new(next_page),
            position: ListPosition::new(after, is_strict),
            page: Vec::new().into_iter(),
            loading: None,
        }
    }

    /// Returns the next item, and `None` after the last. No item is lost if the future is dropped.
    pub async fn next(&mut self) -> Option<Result<T, Error>> {
        poll_fn(|context| self.poll(context)).await
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<T, Error>>> {
        loop {
            if let Some(item) = self.position.next(&mut self.page) {
                return Poll::Ready(Some(item));
            }
            if self.loading.is_none() {
                if self.position.is_end {
                    return Poll::Ready(None);
                }
                self.loading = Some((self.next_page)(self.position.after.take(), self.position.limit));
            }
            if let Some(loading) = &mut self.loading {
                let loaded = ready!(loading.as_mut().poll(context));
                self.loading = None;
                match self.position.loaded(loaded) {
                    Ok(page) => self.page = page,
                    Err(error) => return Poll::Ready(Some(Err(error))),
                }
            }
        }
    }
}

// No field is ever pinned.
impl<T> Unpin for Listing<T> {}

impl<T> Stream for Listing<T> {
    type Item = Result<T, Error>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().poll(context)
    }
}

impl<T> fmt::Debug for Listing<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Listing").field("position", &self.position).finish_non_exhaustive()
    }
}

#[cfg(feature = "sqlite")]
impl<T> Iter<T> {
    pub(crate) fn new(
        after: Option<Cursor>,
        is_strict: bool,
        next_page: impl FnMut(Option<Cursor>, u32) -> Result<RawPage<T>, Error> + Send + 'static,
    ) -> Self {
        Self {
            next_page: Box::new(next_page),
            position: ListPosition::new(after, is_strict),
            page: Vec::new().into_iter(),
        }
    }
}

#[cfg(feature = "sqlite")]
impl<T> Iterator for Iter<T> {
    type Item = Result<T, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(item) = self.position.next(&mut self.page) {
                return Some(item);
            }
            if self.position.is_end {
                return None;
            }
            let loaded = (self.next_page)(self.position.after.take(), self.position.limit);
            match self.position.loaded(loaded) {
                Ok(page) => self.page = page,
                Err(error) => return Some(Err(error)),
            }
        }
    }
}

#[cfg(feature = "sqlite")]
impl<T> fmt::Debug for Iter<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Iter").field("position", &self.position).finish_non_exhaustive()
    }
}
