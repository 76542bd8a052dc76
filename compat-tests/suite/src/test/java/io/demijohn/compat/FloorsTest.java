package io.demijohn.compat;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaConstructorCall;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import io.demijohn.compat.harness.Project;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The arrows between the floors: imports point down, and a few things are done in one class alone. */
final class FloorsTest {
    private static final String DEVICE_SPI = "io.demijohn.device";
    private static final String DRIVERS = "io.demijohn.device.*..";
    private static final String STACK = "io.demijohn.stack..";
    private static final String SIM = "io.demijohn.sim..";
    private static final String ENGINE = "io.demijohn.engine..";
    private static final String PDPIX = "io.demijohn.pdpix..";
    private static final String PROVIDER = "io.demijohn.spi..";
    private static final String AGENT = "io.demijohn.agent..";
    private static final String CONFIGURATION = "io.demijohn.spi.config..";
    private static final String APPS = "apps..";
    private static final String[] BRIDGE = {"sun.nio.ch", "java.net"};

    private static final Set<String> RAW_MEMORY = Set.of("sun.misc.Unsafe", "jdk.internal.misc.Unsafe");
    private static final Set<String> CLOCKS = Set.of("nanoTime", "currentTimeMillis");

    private static JavaClasses classes = new ClassFileImporter().importClasses();

    @BeforeAll
    static void importMainClasses() throws IOException {
        classes = new ClassFileImporter().importPaths(mainFolders());
    }

    private static List<Path> mainFolders() throws IOException {
        try (Stream<Path> walk = Files.walk(Project.root(), 4)) {
            return walk.filter(path -> path.endsWith("target/classes"))
                    .filter(path -> !path.toString().contains("/bench/"))
                    .toList();
        }
    }

    @Test
    void module_withSources_isImported() throws IOException {
        try (Stream<Path> walk = Files.walk(Project.root(), 5)) {
            List<Path> unbuilt = walk.filter(path -> path.endsWith("src/main/java"))
                    .filter(path -> !path.toString().contains("/bench/"))
                    .filter(path -> !Files.isDirectory(path.resolve("../../../target/classes")))
                    .toList();
            assertEquals(List.of(), unbuilt, "build these modules first");
        }
        assertFalse(classes.isEmpty());
    }

    @Test
    void deviceSpi_imports_nothingOfOurs() {
        check(noClasses().that().resideInAPackage(DEVICE_SPI).should().dependOnClassesThat(oursOutside(DEVICE_SPI)));
    }

    @Test
    void driver_imports_deviceSpiAlone() {
        check(noClasses()
                .that()
                .resideInAPackage(DRIVERS)
                .should()
                .dependOnClassesThat(oursOutside(DEVICE_SPI, DRIVERS)));
    }

    @Test
    void driver_imports_noOtherDriver() {
        check(noClasses()
                .that()
                .resideInAPackage("io.demijohn.device.tap..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.demijohn.device.loop.."));
        check(noClasses()
                .that()
                .resideInAPackage("io.demijohn.device.loop..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.demijohn.device.tap.."));
    }

    @Test
    void stack_imports_deviceSpiAlone() {
        check(noClasses().that().resideInAPackage(STACK).should().dependOnClassesThat(oursOutside(DEVICE_SPI, STACK)));
    }

    @Test
    void stack_knows_noThreadClockOrSocket() {
        check(noClasses()
                .that()
                .resideInAPackage(STACK)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.net..", "java.nio.channels..", "java.util.concurrent.locks..")
                .orShould()
                .callMethodWhere(named(System.class, CLOCKS))
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(Thread.class));
    }

    @Test
    void stack_chance_comesFromASeed() {
        check(noClasses()
                .that()
                .resideInAnyPackage(STACK, SIM)
                .should()
                .callMethodWhere(named(Math.class, Set.of("random")))
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.util.concurrent.ThreadLocalRandom")
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.security.SecureRandom"));
    }

    @Test
    void engine_imports_whatIsBelow() {
        check(noClasses()
                .that()
                .resideInAPackage(ENGINE)
                .should()
                .dependOnClassesThat(oursOutside(DEVICE_SPI, STACK, ENGINE)));
    }

    @Test
    void pdpix_imports_theEngineAlone() {
        check(noClasses().that().resideInAPackage(PDPIX).should().dependOnClassesThat(oursOutside(ENGINE, PDPIX)));
    }

    @Test
    void simulator_imports_whatIsBelow() {
        check(noClasses()
                .that()
                .resideInAPackage(SIM)
                .should()
                .dependOnClassesThat(oursOutside(DEVICE_SPI, STACK, SIM)));
    }

    @Test
    void provider_imports_noDriverAndNoAgent() {
        check(noClasses()
                .that()
                .resideInAPackage(PROVIDER)
                .should()
                .dependOnClassesThat(oursOutside(DEVICE_SPI, STACK, ENGINE, PROVIDER)));
    }

    @Test
    void bridge_insideTheJdk_importsNothingOfOurs() {
        check(noClasses().that().resideInAnyPackage(BRIDGE).should().dependOnClassesThat(oursOutside()));
    }

    @Test
    void floors_below_neverSeeTheAgent() {
        check(noClasses()
                .that()
                .resideOutsideOfPackage(AGENT)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(AGENT));
    }

    @Test
    void programs_underTest_knowNothingOfUs() {
        check(noClasses().that().resideInAPackage(APPS).should().dependOnClassesThat(oursOutside()));
    }

    @Test
    void rawMemory_isTouched_byMemAlone() {
        check(noClasses()
                .that()
                .doNotHaveFullyQualifiedName("io.demijohn.device.Mem")
                .should()
                .dependOnClassesThat(new DescribedPredicate<JavaClass>("are raw memory") {
                    @Override
                    public boolean test(JavaClass target) {
                        return RAW_MEMORY.contains(target.getName());
                    }
                }));
    }

    @Test
    void jdkException_isMade_inOneClass() {
        check(noClasses()
                .that()
                .resideInAPackage("io.demijohn..")
                .and()
                .doNotHaveFullyQualifiedName("io.demijohn.spi.JdkErrors")
                .should()
                .callConstructorWhere(new DescribedPredicate<JavaConstructorCall>("it makes an exception of java.net") {
                    @Override
                    public boolean test(JavaConstructorCall call) {
                        JavaClass made = call.getTargetOwner();
                        return made.getPackageName().equals("java.net") && made.isAssignableTo(Throwable.class);
                    }
                }));
    }

    @Test
    void configuration_isRead_inOnePackage() {
        check(noClasses()
                .that()
                .resideInAPackage(PROVIDER)
                .and()
                .resideOutsideOfPackage(CONFIGURATION)
                .should()
                .callMethodWhere(named(System.class, Set.of("getProperty", "getProperties", "getenv")))
                .orShould()
                .callMethodWhere(named(Integer.class, Set.of("getInteger")))
                .orShould()
                .callMethodWhere(named(Long.class, Set.of("getLong")))
                .orShould()
                .callMethodWhere(named(Boolean.class, Set.of("getBoolean"))));
    }

    private static void check(ArchRule rule) {
        rule.allowEmptyShould(true).check(classes);
    }

    private static DescribedPredicate<JavaMethodCall> named(Class<?> owner, Set<String> methods) {
        return new DescribedPredicate<JavaMethodCall>("it calls " + owner.getSimpleName() + "." + methods) {
            @Override
            public boolean test(JavaMethodCall call) {
                return call.getTargetOwner().isEquivalentTo(owner) && methods.contains(target(call));
            }
        };
    }

    private static String target(JavaAccess<?> access) {
        return access.getTarget().getName();
    }

    private static DescribedPredicate<JavaClass> oursOutside(String... packages) {
        DescribedPredicate<JavaClass> allowed = JavaClass.Predicates.resideInAnyPackage(packages);
        return JavaClass.Predicates.resideInAPackage("io.demijohn..").and(DescribedPredicate.not(allowed));
    }
}
