package dev.agenticmemory.eval;

import dev.agenticmemory.domain.Embedding;
import dev.agenticmemory.domain.EmbeddingSpace;
import dev.agenticmemory.embed.Embedder;
import java.lang.Character.UnicodeScript;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// An embedder that embeds each text once.
final class Remembered implements Embedder {

  private record Key(String text, Purpose purpose) {}

  private final Embedder embedder;
  private final Map<Key, Embedding> known = new ConcurrentHashMap<>();

  Remembered(Embedder embedder) {
    this.embedder = embedder;
  }

  @Override
  public EmbeddingSpace space() {
    return embedder.space();
  }

  @Override
  public int windowTokens() {
    return embedder.windowTokens();
  }

  @Override
  public boolean reads(UnicodeScript script) {
    return embedder.reads(script);
  }

  @Override
  public List<Embedding> embed(List<String> texts, Purpose purpose) {
    return texts.stream().map(text -> embed(text, purpose)).toList();
  }

  private Embedding embed(String text, Purpose purpose) {
    return known.computeIfAbsent(
        new Key(text, purpose), key -> embedder.embed(List.of(key.text), key.purpose).getFirst());
  }
}
