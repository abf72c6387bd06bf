package dev.agenticmemory;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.equivalentTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.conditions.ArchPredicates.are;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Instant;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// Which package may use which. The rules are the map of the program; read them first.
final class ArchitectureTest {

  private static final String ROOT = "dev.agenticmemory";
  private static final JavaClasses PROGRAM =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages(ROOT);

  @TestFactory
  Stream<DynamicTest> rules() {
    return Stream.of(
            mayUse("domain"),
            mayUse("text", "domain"),
            mayUse("json", "domain"),
            mayUse("store", "domain"),
            mayUse("embed", "domain"),
            mayUse("rerank", "domain"),
            mayUse("files"),
            mayUse("natives", "files"),
            mayUse("store.sqlite", "domain", "store", "text", "json", "natives", "files"),
            mayUse("store.search", "domain", "store", "text", "json"),
            mayUse("store.elastic", "domain", "json", "store.search"),
            mayUse("store.opensearch", "domain", "json", "store.search"),
            mayUse("store.s3vectors", "domain", "store", "json", "store.sqlite"),
            mayUse("remote", "domain", "text"),
            mayUse("llm", "domain", "json", "remote"),
            mayUse("remote.aws", "remote"),
            mayUse("embed.*", "domain", "embed", "remote", "remote.aws", "natives", "files"),
            mayUse("llm.*", "domain", "llm", "remote", "remote.aws"),
            mayUse("engine", "domain", "text", "json", "store", "embed", "llm", "remote", "rerank"),
            mayUse("openclaw", "domain", "text", "json", "engine"),
            mayUse("schedule", "domain", "json", "store", "engine", "cron"),
            mayUse("mcp", "domain", "text", "json", "engine", "store", "llm"),
            mayUse("transport", "domain", "mcp", "engine", "json", "files"),
            mayUse("auth", "domain", "json", "engine", "files"),
            mayUse("audit", "domain", "json", "engine", "files"),
            mayUse("logging", "json"),
            mayUse("metrics", "domain", "engine", "store", "llm"),
            mayUse("http", "domain", "json", "engine", "store", "llm", "auth", "metrics"),
            mayUse("transfer", "domain", "text", "json", "store", "engine"),
            mayUse(
                "cli",
                "domain",
                "json",
                "engine",
                "llm",
                "eval",
                "transfer",
                "store",
                "files",
                "auth",
                "clients",
                "systemd"),
            mayUse("clients", "domain", "json"),
            mayUse("systemd", "domain"),
            mayUse("rerank.*", "domain", "rerank", "json", "llm", "remote"),
            mayUse("eval", "domain", "text", "json", "store", "embed", "engine", "llm", "rerank"),
            mayUse("cron"),
            mayUse("config", "domain", "cron"),
            slices().matching(ROOT + ".(*)..").should().beFreeOfCycles(),
            onlyMainCalls(System.class, "getenv", "settings enter the program in one place"),
            onlyMainCalls(System.class, "exit", "a library call must not end the process"),
            noClasses()
                .that(are(not(equivalentTo(Main.class))))
                .should()
                .accessField(System.class, "out")
                .because("over stdio, standard output is the protocol"),
            noClasses()
                .should()
                .callMethod(Instant.class, "now")
                .because("time comes from an injected Clock"))
        .map(rule -> DynamicTest.dynamicTest(rule.getDescription(), () -> rule.check(PROGRAM)));
  }

  /// Classes of `from` use, of this program, only `from` and `others`. `*` is one sub-package.
  private static ArchRule mayUse(String from, String... others) {
    String[] allowed =
        Stream.concat(Stream.of(from), Stream.of(others))
            .map(name -> ROOT + "." + name)
            .toArray(String[]::new);
    return noClasses()
        .that()
        .resideInAPackage(ROOT + "." + from)
        .should()
        .dependOnClassesThat(resideInAPackage(ROOT + "..").and(not(resideInAnyPackage(allowed))));
  }

  private static ArchRule onlyMainCalls(Class<?> owner, String method, String why) {
    return noClasses()
        .that(are(not(equivalentTo(Main.class))))
        .should()
        .callMethodWhere(
            describe(
                owner.getSimpleName() + "." + method,
                call ->
                    call.getTargetOwner().isEquivalentTo(owner) && call.getName().equals(method)))
        .because(why);
  }
}
