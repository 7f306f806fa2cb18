#include "proxy/app/commands.hpp"

#include <fmt/core.h>

#include <exception>
#include <string_view>
#include <vector>

int main(int argc, char** argv) {
    try {
        std::vector<std::string_view> const given(argv + 1, argv + argc);
        return millrace::app::run_command(given);
    } catch (const std::exception& failure) {
        fmt::print(stderr, "millrace: {}\n", failure.what());
        return millrace::app::exit_failed;
    }
}
