package io.demijohn.compat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.sun.source.tree.AnnotationTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.TreePath;
import io.demijohn.compat.Sources.Source;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The countable rules of the house style, over every Java file of the project. */
final class TidyTest {
    private static final int FILE_LINES_MAX = 600;
    private static final int METHOD_LINES_MAX = 60;

    /** Split so that this file does not complain about itself. */
    private static final Pattern LEFTOVER = Pattern.compile("\\b(TO" + "DO|FIX" + "ME|XX" + "X)\\b");

    private static final Pattern TEST_NAME = Pattern.compile("[a-z][A-Za-z0-9]*(_[A-Za-z0-9]+){1,3}");

    /** Where a program talks to its user: the command line and the own mains of benchmarks and measurements. */
    private static final List<String> MAY_PRINT =
            List.of("agent/src/main/", "apps-under-test/", "compat-tests/bench/", "compat-tests/linux/src/main/");

    /** Classes that live inside packages of the JDK, which have no package-info of ours. */
    private static final String BRIDGE = "spi-provider/jdk-bridge/";

    private static List<Source> files = List.of();

    @BeforeAll
    static void parse() throws IOException {
        files = Sources.all().files();
    }

    @Test
    void sources_parsed_areAllThere() {
        assertFalse(files.isEmpty());
    }

    @Test
    void file_length_isBounded() {
        assertNone(file -> file.lines().size() <= FILE_LINES_MAX
                ? List.of()
                : List.of(file.at(file.lines().size(), "more than " + FILE_LINES_MAX + " lines")));
    }

    @Test
    void method_length_isBounded() {
        assertNone(file -> file.all(MethodTree.class).stream()
                .filter(method -> file.lastLine(method) - file.firstLine(method) >= METHOD_LINES_MAX)
                .map(method -> file.at(file.firstLine(method), method.getName() + " is longer than 60 lines"))
                .toList());
    }

    @Test
    void package_inMain_isNamedAndNullMarked() {
        Set<Path> marked = files.stream()
                .filter(Source::isPackageInfo)
                .filter(file -> file.unit().getPackageAnnotations().stream()
                        .anyMatch(annotation -> name(annotation).equals("NullMarked")))
                .map(file -> file.path().resolveSibling(""))
                .collect(Collectors.toSet());
        assertNone(file -> !file.isMain()
                        || file.path().startsWith(BRIDGE)
                        || marked.contains(file.path().resolveSibling(""))
                ? List.of()
                : List.of(file.at(1, "its package has no package-info with @NullMarked")));
    }

    @Test
    void package_ofEveryFile_isOurs() {
        assertNone(file -> {
            String name = file.packageName();
            boolean ours = name.startsWith("io.demijohn.")
                    || (name.startsWith("apps.") && file.path().startsWith("apps-under-test"))
                    || file.path().startsWith(BRIDGE);
            return ours ? List.of() : List.of(file.at(1, "package " + name));
        });
    }

    @Test
    void class_inMain_saysWhatItIs() {
        assertNone(file -> {
            List<String> found = new ArrayList<>();
            for (Tree type : file.isMain() ? file.unit().getTypeDecls() : List.<Tree>of()) {
                TreePath path = TreePath.getPath(file.unit(), type);
                if (type instanceof ClassTree && ((DocTrees) file.trees()).getDocComment(path) == null) {
                    found.add(file.at(file.firstLine(type), "no class doc"));
                }
            }
            return found;
        });
    }

    @Test
    void line_anywhere_isNoLeftover() {
        assertNone(file -> linesThat(file, LEFTOVER.asPredicate(), "leftover"));
    }

    @Test
    void output_ofTheJvm_isTheApplicationsOwn() {
        assertNone(file -> file.all(MemberSelectTree.class).stream()
                .filter(select -> Set.of("System.out", "System.err").contains(select.toString()))
                .filter(select -> MAY_PRINT.stream().noneMatch(file.path().toString()::startsWith))
                .map(select -> file.at(file.firstLine(select), select.toString()))
                .toList());
    }

    @Test
    void test_thatIsSwitchedOff_doesNotExist() {
        assertNone(file -> file.all(AnnotationTree.class).stream()
                .filter(annotation -> Set.of("Disabled", "Ignore").contains(name(annotation)))
                .map(annotation -> file.at(file.firstLine(annotation), annotation.toString()))
                .toList());
    }

    @Test
    void suppression_anywhere_namesItsReasonOnItsLine() {
        assertNone(file -> file.all(AnnotationTree.class).stream()
                .filter(annotation -> name(annotation).equals("SuppressWarnings"))
                .filter(annotation ->
                        file.lines().subList(file.firstLine(annotation) - 1, file.lastLine(annotation)).stream()
                                .noneMatch(line -> line.contains("//")))
                .map(annotation -> file.at(file.firstLine(annotation), "no reason: " + annotation))
                .toList());
    }

    @Test
    void test_anywhere_neverSleeps() {
        assertNone(file -> file.isTest()
                ? linesThat(
                        file, line -> line.contains("Thread." + "sleep(") || line.contains("." + "sleep("), "sleeps")
                : List.of());
    }

    @Test
    void test_name_isEventConditionOutcome() {
        assertNone(file -> file.all(MethodTree.class).stream()
                .filter(method -> method.getModifiers().getAnnotations().stream()
                        .anyMatch(annotation ->
                                Set.of("Test", "ParameterizedTest").contains(name(annotation))))
                .filter(method -> !TEST_NAME.matcher(method.getName()).matches())
                .map(method -> file.at(file.firstLine(method), method.getName().toString()))
                .toList());
    }

    private static String name(AnnotationTree annotation) {
        String whole = annotation.getAnnotationType().toString();
        return whole.substring(whole.lastIndexOf('.') + 1);
    }

    private static List<String> linesThat(Source file, Predicate<String> wrong, String what) {
        List<String> found = new ArrayList<>();
        for (int i = 0; i < file.lines().size(); i++) {
            if (wrong.test(file.lines().get(i))) {
                found.add(file.at(i + 1, what + ": " + file.lines().get(i).strip()));
            }
        }
        return found;
    }

    private static void assertNone(Rule rule) {
        List<String> found =
                files.stream().flatMap(file -> rule.complaints(file).stream()).toList();
        assertEquals("", String.join("\n", found));
    }

    /** One rule; returns a line for each place that breaks it. */
    private interface Rule {
        List<String> complaints(Source file);
    }
}
