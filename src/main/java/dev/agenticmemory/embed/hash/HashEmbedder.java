package dev.agenticmemory.embed.hash;

import dev.agenticmemory.domain.Embedding;
import dev.agenticmemory.domain.EmbeddingSpace;
import dev.agenticmemory.embed.Embedder;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/// Counts words into hashed buckets. Texts that share words are near; nothing else is.
public final class HashEmbedder implements Embedder {

  private static final Pattern GAPS = Pattern.compile("(?U)\\W+");

  private final int dimensions;

  public HashEmbedder(int dimensions) {
    this.dimensions = dimensions;
  }

  @Override
  public EmbeddingSpace space() {
    return new EmbeddingSpace("hash", dimensions);
  }

  @Override
  public int windowTokens() {
    return 128;
  }

  @Override
  public List<Embedding> embed(List<String> texts, Purpose purpose) {
    return texts.stream().map(this::embed).toList();
  }

  private Embedding embed(String text) {
    float[] counts = new float[dimensions];
    for (String word : GAPS.split(text.toLowerCase(Locale.ROOT), -1)) {
      counts[Math.floorMod(word.hashCode(), dimensions)] += 1;
    }
    return Embedding.of(counts);
  }
}
