/// Who may do what: tokens in a file, and tokens of an OAuth 2.1 issuer.
@NullMarked
package dev.agenticmemory.auth;

import org.jspecify.annotations.NullMarked;
