/// Who did what: lines in daily files, and their way into a search engine.
@NullMarked
package dev.agenticmemory.audit;

import org.jspecify.annotations.NullMarked;
