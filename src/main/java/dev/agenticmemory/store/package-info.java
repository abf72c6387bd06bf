/// The store port: where memories live. One sub-package per implementation.
///
/// Implementations import this package, `domain` and `json`, and nothing else of the program, and
/// no one but [dev.agenticmemory.Main] names them. A new store is one sub-package here and one
/// subclass of `MemoryStoreContract` in the tests.
///
/// Start with [dev.agenticmemory.store.MemoryStore], then [dev.agenticmemory.store.Change].
@NullMarked
package dev.agenticmemory.store;

import org.jspecify.annotations.NullMarked;
