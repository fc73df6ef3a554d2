# What whoever embeds the watch engine needs and nothing else, as the component watch-engine:
#
#   cmake --install build/release --component watch-engine --prefix DIR
#
# The libraries are taken out of `exported`, which the package Wirewatch installs; it finds them through this one.
include(CMakePackageConfigHelpers)
set(engine wirewatch_proto wirewatch_text wirewatch_watch)
list(REMOVE_ITEM exported ${engine})
set(component COMPONENT watch-engine)
install(TARGETS ${engine} EXPORT WirewatchWatchTargets
        LIBRARY DESTINATION lib ${component} NAMELINK_COMPONENT watch-engine)
install(TARGETS wirewatch_watch_c LIBRARY DESTINATION lib ${component} NAMELINK_COMPONENT watch-engine)
install(EXPORT WirewatchWatchTargets NAMESPACE Wirewatch:: DESTINATION lib/cmake/WirewatchWatch ${component})

foreach(folder IN ITEMS text watch)
  install(DIRECTORY core/${folder}/ DESTINATION include/wirewatch/${folder} ${component} FILES_MATCHING PATTERN "*.h"
          PATTERN "*_fixture.h" EXCLUDE PATTERN "*_rep.h" EXCLUDE PATTERN "reference*.h" EXCLUDE PATTERN "c" EXCLUDE)
endforeach()
install(FILES core/watch/c/wirewatch_watch.h DESTINATION include/wirewatch/watch/c ${component})
install(DIRECTORY ${CMAKE_BINARY_DIR}/gen/wirewatch/v1 DESTINATION include/wirewatch ${component}
        FILES_MATCHING PATTERN "*.pb.h" PATTERN "*.grpc.pb.h" EXCLUDE)

# Versioned as the C interface is.
get_target_property(WIREWATCH_WATCH_VERSION wirewatch_watch_c VERSION)
get_target_property(WIREWATCH_WATCH_SOVERSION wirewatch_watch_c SOVERSION)
set(made ${CMAKE_BINARY_DIR}/watch-engine)
foreach(name IN ITEMS wirewatch-watch wirewatch-watch-cpp)
  configure_file(cmake/${name}.pc.in ${made}/${name}.pc @ONLY)
  install(FILES ${made}/${name}.pc DESTINATION lib/pkgconfig ${component})
endforeach()
configure_package_config_file(cmake/WirewatchWatchConfig.cmake.in ${made}/WirewatchWatchConfig.cmake
                              INSTALL_DESTINATION lib/cmake/WirewatchWatch)
write_basic_package_version_file(${made}/WirewatchWatchConfigVersion.cmake VERSION ${WIREWATCH_WATCH_VERSION}
                                 COMPATIBILITY SameMajorVersion)
install(FILES ${made}/WirewatchWatchConfig.cmake ${made}/WirewatchWatchConfigVersion.cmake
        DESTINATION lib/cmake/WirewatchWatch ${component})
install(FILES docs/embedding-the-watch-engine.md docs/watch-language.md docs/watch-dialects.md LICENSE NOTICE
        DESTINATION share/doc/wirewatch-watch ${component})
