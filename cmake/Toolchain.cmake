# Compiler, flags and the layout of the build tree, which mirrors the installed one: bin, lib, lib/wirewatch/plugins.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
set(CMAKE_LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/lib)
set(CMAKE_ARCHIVE_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/lib)
set(WIREWATCH_PLUGIN_DIR lib/wirewatch/plugins)

if(NOT CMAKE_CXX_COMPILER_LAUNCHER)
  find_program(CCACHE ccache)
  if(CCACHE)
    set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
  endif()
endif()
find_program(MOLD mold)
if(MOLD)
  add_link_options(-fuse-ld=mold)
endif()

# Warnings are errors for our own code; generated code (proto/) asks for none.
set(WIREWATCH_WARNINGS -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Wcast-qual
                       -Wformat=2 -Wno-format-nonliteral -Wundef -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  # libstdc++ 12's own std::stable_sort uses what C++17 deprecates, and clang says so at each use.
  list(APPEND WIREWATCH_WARNINGS -Wno-gnu-zero-variadic-macro-arguments -Wno-deprecated-declarations)
  # Debian's libraries were built by g++, which names some templates' functions as clang did before version 18.
  add_compile_options(-fclang-abi-compat=17)
else()
  # g++ 12 sees overlapping copies in std::string that are not there (GCC bug 105651).
  list(APPEND WIREWATCH_WARNINGS -Wno-restrict)
endif()

# A sanitizer's runtime stands in the executable alone.
set(WIREWATCH_NO_UNDEFINED -Wl,--no-undefined)
if(WIREWATCH_SANITIZE)
  set(WIREWATCH_NO_UNDEFINED "")
  add_compile_options(-fsanitize=${WIREWATCH_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${WIREWATCH_SANITIZE})
endif()
if(WIREWATCH_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
