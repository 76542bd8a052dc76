package io.demijohn.compat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.source.tree.AnnotationTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.ExpressionTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.ModifiersTree;
import io.demijohn.compat.Conformance.Claim;
import io.demijohn.compat.Sources.Source;
import io.demijohn.compat.harness.Project;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** CONFORMANCE.md says what the tests say: claims by scripts ({@code proves ID}) and by tags ({@code proves:ID}). */
final class ConformanceTest {
    private static final Path PROMISES = Project.root().resolve("datapath/promises.txt");
    private static final Path TABLE = Project.root().resolve("datapath/CONFORMANCE.md");
    private static final Path SCRIPTS = Project.root().resolve("datapath/sim/src/test/resources/scripts");
    private static final Pattern TAG = Pattern.compile("\"proves:([^\"]*)\"");

    private static final List<String> unknown = new ArrayList<>();
    private static Conformance table = Conformance.parse(List.of());

    @BeforeAll
    static void collect() throws IOException {
        table = Conformance.parse(Files.readAllLines(PROMISES));
        collectScripts();
        for (Source source : Sources.all().files()) {
            if (source.isTest()) {
                collectTags(source);
            }
        }
    }

    @Test
    void claims_ofScriptsAndTests_areForKnownPromises() {
        assertEquals("", String.join("\n", unknown));
    }

    @Test
    void promises_withoutTests_sayWhy() {
        assertEquals("", String.join("\n", table.unexplained()));
    }

    @Test
    void table_inTheProject_isWhatTheTestsShow() throws IOException {
        String expected = table.render();
        if (Boolean.getBoolean("conformance.write")) {
            Files.writeString(TABLE, expected);
        }
        assertEquals(expected, Files.readString(TABLE), "run this test with -Dconformance.write=true");
    }

    @Test
    void row_keptOnlyWhenEveryItemIs() {
        Conformance two = Conformance.parse(
                List.of("row 1 | RFC 1 | both", "item a | one", "item b | other", "open for a reason"));
        assertEquals(List.of("a: neither a test nor a reason"), two.unexplained());
        assertTrue(two.claim("a", new Claim("SomeTest", "x_y")));
        assertFalse(two.claim("c", new Claim("SomeTest", "x_y")));
        assertTrue(two.render().contains("0 of 1 rows are kept"));
        assertTrue(two.render().contains("| open: for a reason |"));
        Conformance one = Conformance.parse(List.of("row 1 | RFC 1 | it", "item a | one"));
        assertTrue(one.claim("a", new Claim("SomeTest", "x_y")));
        assertTrue(one.render().contains("| 1 | RFC 1 | it | kept | SomeTest.x_y |"));
    }

    @Test
    void promises_malformed_refusedWithTheLine() {
        assertLine("line 3", List.of("row 1 | RFC 1 | it", "item a | one", "item a | again"));
        assertLine("line 1", List.of("open no item"));
    }

    private static void assertLine(String start, List<String> lines) {
        var failure = assertThrows(IllegalArgumentException.class, () -> Conformance.parse(lines));
        assertTrue(String.valueOf(failure.getMessage()).startsWith(start), failure.getMessage());
    }

    private static void collectScripts() throws IOException {
        List<Path> scripts;
        try (Stream<Path> walk = Files.walk(SCRIPTS)) {
            scripts = walk.filter(file -> file.toString().endsWith(".script"))
                    .sorted()
                    .toList();
        }
        for (Path script : scripts) {
            List<String> lines = Files.readAllLines(script);
            if (lines.size() < 2 || !lines.get(1).startsWith("proves ")) {
                continue;
            }
            Path name = SCRIPTS.relativize(script);
            String path = name.toString().replace(".script", "");
            int slash = path.indexOf('/') + 1;
            for (String id : lines.get(1).substring("proves ".length()).strip().split("\\s+", -1)) {
                claim(id, new Claim(path.substring(0, slash), path.substring(slash)), path);
            }
        }
    }

    private static void collectTags(Source source) {
        for (ClassTree type : source.all(ClassTree.class)) {
            String owner = type.getSimpleName().toString();
            claimTags(type.getModifiers(), new Claim(owner, ""));
            for (var member : type.getMembers()) {
                if (member instanceof MethodTree method) {
                    claimTags(
                            method.getModifiers(),
                            new Claim(owner, method.getName().toString()));
                }
            }
        }
    }

    private static void claimTags(ModifiersTree modifiers, Claim claim) {
        for (AnnotationTree annotation : modifiers.getAnnotations()) {
            for (ExpressionTree argument : annotation.getArguments()) {
                Matcher matcher = TAG.matcher(argument.toString());
                while (matcher.find()) {
                    claim(matcher.group(1), claim, claim.group() + "." + claim.name());
                }
            }
        }
    }

    private static void claim(String id, Claim claim, String where) {
        if (!table.claim(id, claim)) {
            unknown.add(where + " proves " + id + ", which is no promise");
        }
    }
}
