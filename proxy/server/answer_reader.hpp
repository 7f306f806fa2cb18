#pragma once

#include "proxy/http/head.hpp"
#include "proxy/payload/json_value_scanner.hpp"
#include "proxy/routing/params.hpp"
#include "proxy/server/label_outlet.hpp"

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace millrace::server {

/// Looks for what a route asks of its answers while they pass: fields of the head, and values of a
/// JSON body, part by part. It holds nothing up and changes nothing. Lifetime: the exchange's; the
/// route outlives it. Worker-local; its memory comes from the pool of coroutine frames.
class answer_reader {
 public:
    explicit answer_reader(const routing::label_params& asked) noexcept;

    static void* operator new(std::size_t bytes);
    static void operator delete(void* reader, std::size_t bytes) noexcept;

    void take_head(const http::response_head& head) noexcept;
    void take_body(std::string_view bytes) noexcept;

    /// The answer is over: hands on what was found.
    void tell(const exchange_id& of, label_outlet& to) noexcept;

 private:
    struct search {
        const routing::answer_value* asked = nullptr;
        std::optional<payload::json_value_scanner> scanner;
        answer_note note;
        bool found = false;

        void take_field(std::string_view value) noexcept;
    };

    [[nodiscard]] search search_for(const routing::answer_value& asked, answer_note::kind what)
        const noexcept;

    std::array<search, 3> searches_;
};

}  // namespace millrace::server
