# SPDX-License-Identifier: Apache-2.0
# Every third-party library, found once. Each is in Debian 12; LibTorch comes from its wheel.

find_package(Threads REQUIRED)
find_package(nlohmann_json 3.11 REQUIRED)
find_package(Eigen3 3.4 REQUIRED NO_MODULE)
find_package(Boost 1.74 REQUIRED CONFIG) # the package of Boost itself; CMake 4 has no module for it
find_package(HDF5 1.10 REQUIRED COMPONENTS C HL)
find_package(ZLIB REQUIRED) # comes with HDF5's headers
find_package(SQLite3 REQUIRED)
if(NOT TARGET SQLite3::SQLite3) # the name before CMake 4.3
    add_library(SQLite3::SQLite3 ALIAS SQLite::SQLite3)
endif()
find_package(OpenSSL 3 REQUIRED COMPONENTS Crypto)
find_package(CLI11 2.1 REQUIRED)
find_package(spdlog REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(tomlplusplus REQUIRED IMPORTED_TARGET tomlplusplus)

# HDF5's module gives variables; one imported target keeps them in one place.
add_library(latent_hdf5 INTERFACE)
target_include_directories(latent_hdf5 SYSTEM INTERFACE ${HDF5_INCLUDE_DIRS})
target_link_libraries(latent_hdf5 INTERFACE ${HDF5_C_HL_LIBRARIES} ${HDF5_C_LIBRARIES})

if(NOT LATENT_QT STREQUAL "OFF")
    find_package(Qt6 6.4 QUIET COMPONENTS Core Test OPTIONAL_COMPONENTS Widgets Svg PrintSupport)
    if(NOT Qt6_FOUND AND LATENT_QT STREQUAL "ON")
        message(FATAL_ERROR "Qt 6.4 or newer was not found. Install qt6-base-dev, or use the headless preset.")
    endif()
    if(TARGET Qt6::Test)
        # Differs from folder to folder, which would keep the tests from sharing precompiled headers.
        get_target_property(definitions Qt6::Test INTERFACE_COMPILE_DEFINITIONS)
        list(FILTER definitions EXCLUDE REGEX "QT_TESTCASE_(BUILD|SOURCE)DIR")
        set_target_properties(Qt6::Test PROPERTIES INTERFACE_COMPILE_DEFINITIONS "${definitions}")
    endif()
endif()

# The desktop: Qt Widgets, and QCustomPlot, whose package needs PrintSupport to be found first.
set(LATENT_DESKTOP FALSE)
if(TARGET Qt6::Widgets AND TARGET Qt6::Svg AND TARGET Qt6::PrintSupport)
    find_package(QCustomPlotQt6 QUIET)
    set(LATENT_DESKTOP ${QCustomPlotQt6_FOUND})
endif()
if(NOT LATENT_DESKTOP AND LATENT_QT STREQUAL "ON")
    message(FATAL_ERROR "The desktop needs Qt Widgets, Qt Svg, Qt PrintSupport and QCustomPlot for Qt 6: install qt6-base-dev, qt6-svg-dev and libqcustomplot-dev, or use the headless preset.")
endif()

include(LatentTorch)
