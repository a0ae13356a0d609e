//! A seeded county to simulate, ways to disturb its events, and a naive oracle of its figures.
