#include "proxy/providers/jq_filter.hpp"

#include <cmath>

extern "C" {
#include <jq.h>
#include <jv.h>
}

namespace millrace::providers {

namespace {

std::string text_of(jv value) {
    auto const text = jv_get_kind(value) == JV_KIND_STRING ? value : jv_dump_string(value, 0);
    std::string made{
        jv_string_value(text), static_cast<std::size_t>(jv_string_length_bytes(jv_copy(text)))};
    jv_free(text);
    return made;
}

// The first line says enough; the rest repeats the expression.
void keep_first(void* to, jv message) {
    auto& kept = *static_cast<std::string*>(to);
    auto text = text_of(message);
    if (kept.empty()) {
        kept = text.substr(0, text.find('\n'));
    }
}

void ignore(void* /*to*/, jv message) {
    jv_free(message);
}

jq_answer wrong(std::string detail) {
    return {.kind = jq_answer::kind::wrong, .value = 0, .detail = std::move(detail)};
}

/// An error about null means that what was looked for is not in the answer: an empty result of a
/// query, for instance.
jq_answer answer_of_error(jv error) {
    auto const message = jv_invalid_get_msg(error);
    if (jv_get_kind(message) == JV_KIND_NULL) {
        jv_free(message);
        return {.kind = jq_answer::kind::nothing, .value = 0, .detail = {}};
    }
    auto detail = text_of(message);
    if (detail.find("null (null)") != std::string::npos ||
        detail.find("over null") != std::string::npos) {
        return {.kind = jq_answer::kind::nothing, .value = 0, .detail = std::move(detail)};
    }
    return wrong("jq: " + detail);
}

jq_answer answer_of(jv result) {
    auto const kind = jv_get_kind(result);
    if (kind == JV_KIND_INVALID) {
        return answer_of_error(result);
    }
    auto const number = kind == JV_KIND_NUMBER ? jv_number_value(result) : 0;
    std::string const name = jv_kind_name(kind);
    jv_free(result);
    if (kind == JV_KIND_NULL || (kind == JV_KIND_NUMBER && !std::isfinite(number))) {
        return {.kind = jq_answer::kind::nothing, .value = 0, .detail = {}};
    }
    if (kind != JV_KIND_NUMBER) {
        return wrong("expected a number, got " + name);
    }
    return {.kind = jq_answer::kind::number, .value = number, .detail = {}};
}

}  // namespace

jq_filter::jq_filter(jq_state* state) : state_{state} {}

jq_filter::~jq_filter() {
    jq_teardown(&state_);
}

jq_filter::compiled jq_filter::compile(const std::string& expression) {
    auto* state = jq_init();
    if (state == nullptr) {
        return {nullptr, "jq cannot be started"};
    }
    std::string problem;
    jq_set_error_cb(state, keep_first, &problem);
    bool const good = jq_compile(state, expression.c_str()) != 0;
    jq_set_error_cb(state, ignore, nullptr);
    jq_set_debug_cb(state, ignore, nullptr);
    std::unique_ptr<jq_filter> made{new jq_filter{state}};
    if (!good) {
        return {nullptr, problem.empty() ? "no expression of jq" : problem};
    }
    return {std::move(made), {}};
}

void jq_filter::begin() {
    std::lock_guard const lock{mutex_};
    running_ = true;
    halted_ = false;
}

bool jq_filter::end() {
    std::lock_guard const lock{mutex_};
    running_ = false;
    return halted_;
}

jq_answer jq_filter::run(std::string_view json) {
    auto const input = jv_parse_sized(json.data(), static_cast<int>(json.size()));
    if (!jv_is_valid(input)) {
        jv_free(input);
        return wrong("the answer is no JSON");
    }
    jq_start(state_, input, 0);
    begin();
    auto const result = jq_next(state_);
    if (end()) {
        jv_free(result);
        return {.kind = jq_answer::kind::halted, .value = 0, .detail = {}};
    }
    return answer_of(result);
}

void jq_filter::halt() {
    std::lock_guard const lock{mutex_};
    if (running_ && !halted_) {
        halted_ = true;
        // libjq looks at this flag before each instruction.
        jq_halt(state_, jv_invalid(), jv_invalid());
    }
}

}  // namespace millrace::providers
