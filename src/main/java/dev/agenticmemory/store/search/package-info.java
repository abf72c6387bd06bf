/// What the stores on search servers (Elasticsearch, OpenSearch) have in common: everything but the
/// library that carries the bytes, and the few places where the servers speak differently, which
/// are behind [dev.agenticmemory.store.search.SearchServer].
///
/// Such a server has no transactions. Here a change set is atomic all the same: [Log] writes it
/// down whole as an intent, applies it, and then moves one document, the [Head], from one revision
/// to the next. Every document says since which revision it counts and until which, and every
/// question is asked at the revision that the head had: a [Snapshot]. Start with these three.
@NullMarked
package dev.agenticmemory.store.search;

import org.jspecify.annotations.NullMarked;
