/// The JSON form of domain values, the same in every store and at every door.
///
/// Works on trees: binding by reflection would cost a start-up of its own.
@NullMarked
package dev.agenticmemory.json;

import org.jspecify.annotations.NullMarked;
