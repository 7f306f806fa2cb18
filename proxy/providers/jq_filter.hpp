#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

struct jq_state;

namespace millrace::providers {

/// What an expression made of an answer.
struct jq_answer {
    enum class kind : std::uint8_t {
        number,
        nothing,  ///< no result, null, or not a number in the arithmetical sense
        wrong,    ///< no JSON, an error of the expression, or a result that is no number
        halted
    };

    enum kind kind = kind::wrong;
    double value = 0;
    std::string detail;  ///< of wrong, for people
};

/// A compiled jq expression (libjq 1.6). Lifetime: a value that stays where it is. Thread: one at a
/// time runs it; halt() may come from any other.
///
///   auto [filter, problem] = jq_filter::compile(".data.result[0].value[1] | tonumber");
class jq_filter {
 public:
    struct compiled;

    /// The filter, or what is wrong with the expression.
    [[nodiscard]] static compiled compile(const std::string& expression);

    ~jq_filter();
    jq_filter(const jq_filter&) = delete;
    jq_filter& operator=(const jq_filter&) = delete;

    /// The first result for a JSON text. Time and memory are the expression's; halt() ends it.
    [[nodiscard]] jq_answer run(std::string_view json);

    /// Ends what is running, at its next instruction; nothing is running: nothing happens.
    void halt();

 private:
    explicit jq_filter(jq_state* state);
    void begin();
    /// True when it was halted.
    [[nodiscard]] bool end();

    jq_state* state_;
    std::mutex mutex_;
    bool running_ = false;
    bool halted_ = false;
};

struct jq_filter::compiled {
    std::unique_ptr<jq_filter> filter;  ///< null: it did not compile
    std::string problem;
};

}  // namespace millrace::providers
