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
pub(crate) type Turn<T> = (Vec<Read<T>>, Option<Cursor>);

type Read<T> = Result<T, Box<Unreadable>>;

type Turning<T> = Pin<Box<dyn Future<Output = Result<Turn<T>, Error>> + Send>>;

#[cfg(feature = "sqlite")]
type TurnNow<T> = Box<dyn FnMut(Option<Cursor>, u32) -> Result<Turn<T>, Error> + Send>;

/// Items one by one, read on demand: a [`Stream`] whose [`next`](Listing::next) needs no adaptor crate.
///
/// It reads page by page. Each page is a query, so no connection and no snapshot is held between items. An item that cannot
/// be read is an [`Error::Unreadable`], after which the listing continues; any other error ends it.
#[must_use = "nothing is read until the first `next`"]
pub struct Listing<T> {
    turn: Box<dyn FnMut(Option<Cursor>, u32) -> Turning<T> + Send>,
    place: Place,
    page: vec::IntoIter<Read<T>>,
    turning: Option<Turning<T>>,
}

/// Items one by one, read on demand by the calling thread.
///
/// It reads page by page, and continues after an item that cannot be read, as [`Listing`] does.
#[cfg(feature = "sqlite")]
#[must_use = "nothing is read until the first `next`"]
pub struct Iter<T> {
    turn: TurnNow<T>,
    place: Place,
    page: vec::IntoIter<Read<T>>,
}

/// The place at which the next page begins, and its size.
#[derive(Debug)]
struct Place {
    /// `None` at the beginning, and at the end.
    after: Option<Cursor>,
    is_end: bool,
    /// Whether the listing ends at the first item that cannot be read.
    is_strict: bool,
    limit: u32,
}

impl Place {
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

    fn turned<T>(&mut self, turn: Result<Turn<T>, Error>) -> Result<vec::IntoIter<Read<T>>, Error> {
        self.limit = (self.limit * 4).min(Self::LARGEST);
        self.is_end = true;
        let (items, next) = turn?;
        self.is_end = next.is_none();
        self.after = next;
        Ok(items.into_iter())
    }
}

impl<T> Listing<T> {
    pub(crate) fn new(
        after: Option<Cursor>,
        is_strict: bool,
        turn: impl FnMut(Option<Cursor>, u32) -> Turning<T> + Send + 'static,
    ) -> Self {
        Self { turn: Box::new(turn), place: Place::new(after, is_strict), page: Vec::new().into_iter(), turning: None }
    }

    /// Returns the next item, and `None` after the last. No item is lost if the future is dropped.
    pub async fn next(&mut self) -> Option<Result<T, Error>> {
        poll_fn(|context| self.poll(context)).await
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<T, Error>>> {
        loop {
            if let Some(item) = self.place.next(&mut self.page) {
                return Poll::Ready(Some(item));
            }
            if self.turning.is_none() {
                if self.place.is_end {
                    return Poll::Ready(None);
                }
                self.turning = Some((self.turn)(self.place.after.take(), self.place.limit));
            }
            if let Some(turning) = &mut self.turning {
                let turned = ready!(turning.as_mut().poll(context));
                self.turning = None;
                match self.place.turned(turned) {
                    Ok(page) => self.page = page,
                    Err(error) => return Poll::Ready(Some(Err(error))),
                }
            }
        }
    }
}

// Nothing in it is ever pinned in place.
impl<T> Unpin for Listing<T> {}

impl<T> Stream for Listing<T> {
    type Item = Result<T, Error>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().poll(context)
    }
}

impl<T> fmt::Debug for Listing<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Listing").field("place", &self.place).finish_non_exhaustive()
    }
}

#[cfg(feature = "sqlite")]
impl<T> Iter<T> {
    pub(crate) fn new(
        after: Option<Cursor>,
        is_strict: bool,
        turn: impl FnMut(Option<Cursor>, u32) -> Result<Turn<T>, Error> + Send + 'static,
    ) -> Self {
        Self { turn: Box::new(turn), place: Place::new(after, is_strict), page: Vec::new().into_iter() }
    }
}

#[cfg(feature = "sqlite")]
impl<T> Iterator for Iter<T> {
    type Item = Result<T, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(item) = self.place.next(&mut self.page) {
                return Some(item);
            }
            if self.place.is_end {
                return None;
            }
            let turned = (self.turn)(self.place.after.take(), self.place.limit);
            match self.place.turned(turned) {
                Ok(page) => self.page = page,
                Err(error) => return Some(Err(error)),
            }
        }
    }
}

#[cfg(feature = "sqlite")]
impl<T> fmt::Debug for Iter<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Iter").field("place", &self.place).finish_non_exhaustive()
    }
}
