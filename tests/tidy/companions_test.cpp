// Every source has its test, under the same path.
#include "tests/tidy/source_tree.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <map>
#include <string>
#include <string_view>

using namespace millrace::tidy;  // NOLINT(google-build-using-namespace): every line here needs it

namespace {

/// Sources without a unit test of their own, and why.
const std::map<std::string, std::string_view, std::less<>>& untested() {
    static const std::map<std::string, std::string_view, std::less<>> reasons{
        {"proxy/main.cpp", "only hands its arguments on; integration tests start it"},
        {"proxy/app/admin_commands.cpp", "asks a running gateway: integration, admin_test.py"},
        {"proxy/app/feedback_desk.cpp",
         "a thread, a listener and a file: integration, feedback_test.py"},
        {"proxy/app/gateway.cpp", "wires the whole process: every integration test starts it"},
        {"proxy/app/gateway_state.cpp", "what is on disk at a start: integration, journal_test.py"},
        {"proxy/control/rollout_runner_record.cpp", "the other half of rollout_runner: its test"},
        {"proxy/app/gateway_admin.cpp",
         "the running gateway's answers: integration, admin_test.py"},
        {"proxy/app/serve_commands.cpp", "run as processes: integration, admin_test.py"},
        {"proxy/app/rollout_journal.cpp",
         "a data directory and two threads: integration, rollout_test.py"},
        {"proxy/app/rollout_ports.cpp", "hands calls on: integration, rollout_test.py"},
        {"proxy/app/webhook_port.cpp", "hands calls on: integration, webhooks_test.py"},
        {"proxy/webhooks/courier.cpp", "a real receiver answers it: integration, webhooks_test.py"},
        {"proxy/webhooks/dispatcher.cpp", "a thread and sockets: integration, webhooks_test.py"},
        {"proxy/webhooks/http_post.cpp", "over real sockets: integration, webhooks_test.py"},
        {"proxy/webhooks/inquiry.cpp", "a real receiver answers it: integration, webhooks_test.py"},
        {"proxy/app/table_publisher.cpp", "moves the workers' tables: every integration test"},
        {"proxy/app/worker_set.cpp", "threads and sockets: every integration test starts it"},
        {"proxy/server/exchange_answer.cpp", "conformance and integration, over real sockets"},
        {"proxy/server/exchange_request.cpp", "conformance and integration, over real sockets"},
        {"proxy/server/gateway_worker.cpp", "conformance and integration, over real sockets"},
        {"proxy/server/serve_exchange.cpp", "conformance and integration, over real sockets"},
        {"proxy/server/session.cpp", "conformance and integration, over real sockets"},
    };
    return reasons;
}

/// Boost's sources, compiled in a translation unit of ours.
bool is_third_party(const source_file& file) {
    return file.name() == "third_party.cpp";
}

/// "tests/unit/net/worker_test.cpp" of "proxy/net/worker.cpp".
std::string test_of(std::string_view path) {
    constexpr std::string_view root = "proxy/";
    constexpr std::string_view ending = ".cpp";
    path.remove_prefix(root.size());
    path.remove_suffix(ending.size());
    return "tests/unit/" + std::string{path} + "_test.cpp";
}

}  // namespace

TEST_CASE("every source has a test of its own or a reason", "[tidy]") {
    for (const source_file* file : cpp_files("proxy/")) {
        if (!file->path.ends_with(".cpp") || is_third_party(*file)) {
            continue;
        }
        CAPTURE(file->path, test_of(file->path));
        CHECK(exists(test_of(file->path)) != untested().contains(file->path));
    }
}

TEST_CASE("every unit test has its source", "[tidy]") {
    for (const source_file* file : cpp_files("tests/unit/")) {
        std::string path = file->path;
        if (!path.ends_with("_test.cpp")) {
            continue;
        }
        path.erase(path.size() - std::string_view{"_test.cpp"}.size());
        path.replace(0, std::string_view{"tests/unit/"}.size(), "proxy/");
        CAPTURE(file->path);
        CHECK((exists(path + ".cpp") || exists(path + ".hpp")));
    }
}

TEST_CASE("exceptions for files that are gone are gone too", "[tidy]") {
    for (const auto& [path, reason] : untested()) {
        CAPTURE(path, reason);
        CHECK(exists(path));
    }
}
