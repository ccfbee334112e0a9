//! Pages whose facts stand in microdata, in script state, or in both beside other listings.

use serde_json::json;

use super::{read, states};

#[test]
fn microdata_page() {
    states(
        r#"<html lang="en"><title>Home</title><body><div itemscope itemtype="https://schema.org/SingleFamilyResidence"><h1 itemprop="name">Riverside home</h1><div itemprop="address" itemscope itemtype="https://schema.org/PostalAddress"><span itemprop="streetAddress">77 River Rd</span>, <span itemprop="addressLocality">Albany</span>, <span itemprop="addressRegion">NY</span> <span itemprop="postalCode">12207</span></div>
        <span itemprop="numberOfBedrooms">3</span> bd <span itemprop="numberOfBathroomsTotal">2</span> ba <div itemprop="floorSize" itemscope itemtype="https://schema.org/QuantitativeValue"><span itemprop="value">1650</span> <meta itemprop="unitCode" content="FTK">sq ft</div>
        <div itemprop="geo" itemscope itemtype="https://schema.org/GeoCoordinates"><meta itemprop="latitude" content="42.6526"><meta itemprop="longitude" content="-73.7562"></div><div itemprop="offers" itemscope itemtype="https://schema.org/Offer"><span itemprop="price" content="329000">$329,000</span><meta itemprop="priceCurrency" content="USD"></div></div>
        <div itemscope itemtype="https://schema.org/RealEstateAgent"><span itemprop="name">Hudson Homes</span><div itemprop="address" itemscope itemtype="https://schema.org/PostalAddress"><span itemprop="streetAddress">1 State St</span></div></div>"#,
        json!({"price_float": 329_000, "currency": "USD", "count_bedrooms": 3, "count_bathrooms": 2, "constructed_area": 1650, "area_unit": "sqft", "address_string": "77 River Rd", "city": "Albany", "region": "NY", "postal_code": "12207", "latitude": 42.6526, "longitude": -73.7562, "property_type": "Single family residence"}),
        &[],
    );
}

const STATE: &str = r#"{"props":{"pageProps":{"listing":{"id":"88120431","title":"Bright terraced house","price":{"amount":385000,"currency":"GBP"},"bedrooms":3,"bathrooms":1,"floorArea":{"value":94,"unit":"sqm"},"propertyType":"TERRACED","address":{"displayAddress":"Quay Street, Truro","postcode":"TR1 2HE","town":"Truro"},"location":{"latitude":50.2632,"longitude":-5.051},"transactionType":"SALE","agent":{"name":"West Homes","address":{"street":"9 High Street","town":"Bodmin"},"location":{"latitude":50.4,"longitude":-4.7}},"images":[{"url":"https://img.example.com/1.jpg"},{"url":"https://img.example.com/2.jpg"}]},
"similarListings":[{"id":"1","price":{"amount":500000,"currency":"GBP"},"bedrooms":5,"bathrooms":3,"propertyType":"DETACHED"},{"id":"2","price":{"amount":250000,"currency":"GBP"},"bedrooms":2,"bathrooms":1,"propertyType":"FLAT"}],"searchForm":{"bedrooms":1,"minPrice":50000},"mortgage":{"price":385000,"deposit":38500}}}}"#;

fn expected() -> serde_json::Value {
    json!({"price_float": 385_000, "currency": "GBP", "count_bedrooms": 3, "count_bathrooms": 1, "constructed_area": 94, "area_unit": "sqmt", "property_type": "Terraced", "postal_code": "TR1 2HE", "city": "Truro", "latitude": 50.2632, "longitude": -5.051, "for_sale": true, "for_rent": false, "address_string": "Quay Street, Truro"})
}

#[test]
fn state_as_json() {
    let page = format!(
        r#"<html lang="en"><title>Quay Street, Truro</title><link rel=canonical href="https://homes.example.com/l/88120431"><div id="__next"><h1>Quay Street, Truro</h1></div><script id="__NEXT_DATA__" type="application/json">{STATE}</script>"#
    );
    states(&page, expected(), &[]);
    assert_eq!(
        read(&page).images,
        ["https://img.example.com/1.jpg", "https://img.example.com/2.jpg"]
    );
}

#[test]
fn state_assigned_to_a_name_or_parsed_from_a_string() {
    let page = |script: &str| {
        format!(
            r#"<html lang="en"><title>Quay Street, Truro</title><link rel=canonical href="https://homes.example.com/l/88120431"><h1>Quay Street, Truro</h1><script>{script}</script>"#
        )
    };
    states(
        &page(&format!(
            "window.__INITIAL_STATE__ = {STATE};(function(){{var a=1}})();"
        )),
        expected(),
        &[],
    );
    let quoted = serde_json::to_string(STATE).unwrap();
    states(
        &page(&format!("window.__STATE__ = JSON.parse({quoted});")),
        expected(),
        &[],
    );
    states(
        &page(&format!("window.__CACHE__ = {{\"query\": {quoted}}};")),
        expected(),
        &[],
    );
    states(
        &page(&format!(
            "self.__next_f.push([1,{}])",
            serde_json::to_string(&format!("4:{}\n", STATE.replace('\n', ""))).unwrap()
        )),
        expected(),
        &[],
    );
}

#[test]
fn state_in_an_attribute() {
    let escaped = STATE.replace('&', "&amp;").replace('"', "&quot;");
    states(
        &format!(
            r#"<html lang="en"><title>Quay Street, Truro</title><link rel=canonical href="https://homes.example.com/l/88120431"><h1>Quay Street, Truro</h1><div id="app" data-page="{escaped}"></div>"#
        ),
        expected(),
        &[],
    );
}

#[test]
fn a_cache_of_several_listings_gives_the_one_of_this_page() {
    let entry = |id: &str, price: u32, beds: u32| {
        format!(
            r#""Listing:{id}":{{"listingId":"{id}","price":{price},"bedrooms":{beds},"bathrooms":2,"url":"/homes/{id}","yearBuilt":1980}}"#
        )
    };
    let script = format!(
        "window.__APOLLO_STATE__ = {{{},{},{}}};",
        entry("30011", 410_000, 4),
        entry("30012", 520_000, 5),
        entry("30013", 630_000, 6)
    );
    states(
        &format!(
            r#"<html lang="en"><title>A home</title><link rel=canonical href="https://x.example.com/homes/30012"><h1>A home on the hill</h1><p>$520,000</p><script>{script}</script>"#
        ),
        json!({"price_float": 520_000, "count_bedrooms": 5}),
        &[],
    );
    states(
        &format!(r#"<html lang="en"><title>A home</title><h1>A home on the hill</h1><script>{script}</script>"#),
        json!({}),
        &["price_float", "count_bedrooms"],
    );
}

#[test]
fn prices_in_tags_of_the_head() {
    states(
        r#"<html lang="en"><head><title>Loft in Porto</title><meta property="og:price:amount" content="310000"><meta property="og:price:currency" content="EUR"><meta property="og:latitude" content="41.1496"><meta property="og:longitude" content="-8.6110"><meta name="twitter:label1" content="Bedrooms"><meta name="twitter:data1" content="2"></head><body><h1>Loft in Porto</h1><p>A loft by the river.</p>"#,
        json!({"price_float": 310_000, "currency": "EUR", "count_bedrooms": 2, "latitude": 41.1496, "longitude": -8.611}),
        &[],
    );
}
