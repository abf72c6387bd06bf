/// How texts become words and passages: one analyser for every store, so that a word means the same
/// in all of them.
@NullMarked
package dev.agenticmemory.text;

import org.jspecify.annotations.NullMarked;
