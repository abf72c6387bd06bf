/// Any endpoint that speaks OpenAI's embeddings.
@NullMarked
package dev.agenticmemory.embed.openai;

import org.jspecify.annotations.NullMarked;
