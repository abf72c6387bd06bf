/// Any endpoint that speaks OpenAI's chat completions.
@NullMarked
package dev.agenticmemory.llm.openai;

import org.jspecify.annotations.NullMarked;
