package dev.agenticmemory.transfer;

import dev.agenticmemory.domain.Scope;
import dev.agenticmemory.json.DossierJson.Kept;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

/// Where a file of memories comes from.
public enum Format {
  /// JSON lines as [Export] writes them.
  AGENTIC_MEMORY {
    @Override
    public List<Kept> read(Path file, Scope scope, Instant now) throws IOException {
      return ExportedFile.read(file);
    }
  },
  /// What mem0's `get_all` returns, or a dump of its collection: a JSON document or JSON lines.
  MEM0 {
    @Override
    public List<Kept> read(Path file, Scope scope, Instant now) throws IOException {
      return Mem0File.read(file, scope, now);
    }
  },
  /// The JSON lines of the reference server's knowledge graph: entities and relations.
  SERVER_MEMORY {
    @Override
    public List<Kept> read(Path file, Scope scope, Instant now) throws IOException {
      return ServerMemoryFile.read(file, scope, now);
    }
  },
  /// One Markdown file, or all of a folder: each paragraph or list item is a memory.
  MARKDOWN {
    @Override
    public List<Kept> read(Path file, Scope scope, Instant now) throws IOException {
      return MarkdownFiles.read(file, scope);
    }
  };

  /// How the command line names it.
  public String option() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /// All memories of the file, or an `InvalidInput` that names the first place that cannot be read.
  ///
  /// @param scope of memories whose scope the file does not tell
  /// @param now the time of memories whose time it does not tell
  public abstract List<Kept> read(Path file, Scope scope, Instant now) throws IOException;
}
