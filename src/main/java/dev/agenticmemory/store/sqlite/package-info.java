/// The embedded store: one SQLite file is the truth, an index in memory is derived from it.
///
/// [dev.agenticmemory.store.sqlite.SqliteStore] is the port;
/// [dev.agenticmemory.store.sqlite.Database] the file, its connections and transactions;
/// [dev.agenticmemory.store.sqlite.Schema] what is in it; [dev.agenticmemory.store.sqlite.Indexes]
/// the vectors and words of the users who were asked for, kept fresh from the table `change`, and
/// thrown away at will.
@NullMarked
package dev.agenticmemory.store.sqlite;

import org.jspecify.annotations.NullMarked;
