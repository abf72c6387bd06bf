/// Who may read the files of the data folder.
@NullMarked
package dev.agenticmemory.files;

import org.jspecify.annotations.NullMarked;
