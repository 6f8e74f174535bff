//! Room to write in, which grows smaller with each piece.

/// What is left of the room for a line. Where a piece finds too little of it there is none, and the line is begun
/// again in a larger one.
pub(in crate::record) struct Room<'r>(pub(super) &'r mut [u8]);

impl<'r> Room<'r> {
    #[inline]
    pub(super) fn of(bytes: &'r mut [u8]) -> Self {
        Room(bytes)
    }

    /// How many bytes.
    #[inline]
    pub(super) fn left(self) -> usize {
        self.0.len()
    }

    /// Writes a piece whose length is known to the compiler: no more than a comparison and a few moves.
    #[inline]
    pub(in crate::record) fn put<const N: usize>(self, piece: &[u8; N]) -> Option<Self> {
        let (place, left) = self.0.split_first_chunk_mut()?;
        *place = *piece;
        Some(Room(left))
    }

    /// Writes a piece of any length.
    pub(in crate::record) fn put_all(self, piece: &[u8]) -> Option<Self> {
        let (place, left) = self.0.split_at_mut_checked(piece.len())?;
        place.copy_from_slice(piece);
        Some(Room(left))
    }
}
