//! Pages in English: the United States, the United Kingdom, Ireland, Australia, India, South Africa.

use serde_json::json;

use super::{read, states};

#[test]
fn american_agent_with_stat_boxes() {
    states(
        r#"<html lang="en"><head><title>1820 Larkspur Dr, Boise, ID 83706 | Treeline Homes</title></head><body>
        <nav><a href="/">Home</a><a href="/rentals">For rent</a></nav>
        <h1>1820 Larkspur Dr, Boise, ID 83706</h1>
        <div class="price">$612,500</div>
        <div class="stats"><div><span class="num">3</span><span class="lbl">Beds</span></div><div><span class="num">2.5</span><span class="lbl">Baths</span></div><div><span class="num">1,942</span><span class="lbl">Sq Ft</span></div><div><span class="num">0.21</span><span class="lbl">Acres</span></div></div>
        <p>A light home near the river. Est. payment $3,412/mo. HOA $45 monthly.</p>
        <h2>Property details</h2><ul><li>Year built: 1998</li><li>Property type: Single Family Residence</li><li>Lot size: 9,148 sq ft</li><li>Heating: Forced air</li></ul>
        <section><h2>Nearby homes</h2><ul><li><a href="/1"><img src="1.jpg">$540,000 4 bds 3 ba 2,200 sqft</a></li><li><a href="/2"><img src="2.jpg">$699,000 5 bds 4 ba 3,100 sqft</a></li></ul></section>
        <footer>© Treeline Homes, 500 Main St, Boise, ID 83702</footer></body></html>"#,
        json!({"price_float": 612_500, "currency": "USD", "count_bedrooms": 3, "count_bathrooms": 2.5, "constructed_area": 1942, "area_unit": "sqft", "year_construction": 1998, "address_string": "1820 Larkspur Dr, Boise, ID 83706", "city": "Boise", "region": "ID", "postal_code": "83706", "property_type": "Single Family Residence", "for_sale": true}),
        &["latitude"],
    );
}

#[test]
fn reduced_price_counts_the_new_one() {
    states(
        r#"<html lang="en-US"><title>44 Pine Ct, Reno, NV 89501</title><h1>44 Pine Ct, Reno, NV 89501</h1><p class="price"><del>$500,000</del> $475,000</p><p>Price reduced: was $500,000 now $475,000</p><p>3 beds | 2 baths | 1,480 sqft</p>"#,
        json!({"price_float": 475_000, "count_bedrooms": 3, "count_bathrooms": 2, "constructed_area": 1480}),
        &[],
    );
}

#[test]
fn ranges_and_prices_on_request_are_no_price() {
    for price in [
        "$500,000 - $550,000",
        "Price on application",
        "POA",
        "Offers invited",
        "From $499,000",
        "Auction",
        "Contact agent",
    ] {
        states(
            &format!(
                r#"<html lang="en-AU"><title>12 Banksia Street, Fremantle WA 6160</title><h1>12 Banksia Street, Fremantle WA 6160</h1><p class="price">{price}</p><p>4 bed 2 bath 2 car</p>"#
            ),
            json!({"count_bedrooms": 4, "count_bathrooms": 2, "postal_code": "6160", "region": "WA", "city": "Fremantle"}),
            &["price_float"],
        );
    }
}

#[test]
fn australian_listing_with_land_size() {
    states(
        r#"<html lang="en-AU"><title>12 Banksia Street, Fremantle WA 6160 - House for Sale</title><link rel=canonical href="https://agency.example.com.au/buy/12-banksia-street"><h1>12 Banksia Street, Fremantle WA 6160</h1>
        <h2>$1,150,000</h2><ul class="features"><li>4 Bed</li><li>2 Bath</li><li>2 Car</li></ul><div><span>Land size</span><span>607 m²</span></div><div><span>Property type</span><span>House</span></div>
        <h3>Similar properties</h3><div class="card"><a href=/x>$990,000</a> 3 Bed 1 Bath</div>"#,
        json!({"price_float": 1_150_000, "currency": "AUD", "count_bedrooms": 4, "count_bathrooms": 2, "property_type": "House", "for_sale": true}),
        &["constructed_area"],
    );
}

#[test]
fn british_listing_with_key_facts() {
    states(
        r#"<html lang="en-GB"><title>3 bedroom semi-detached house for sale in Orchard Close, Wantage, OX12 | Vale Estates</title><h1>Orchard Close, Wantage, OX12 8AB</h1>
        <p>Guide Price £425,000</p><dl><dt>Property Type</dt><dd>Semi-Detached</dd><dt>Bedrooms</dt><dd>3</dd><dt>Bathrooms</dt><dd>1</dd><dt>Tenure</dt><dd>Freehold</dd><dt>Council Tax</dt><dd>Band D</dd></dl>
        <h2>Key features</h2><ul><li>South-facing garden</li><li>Garage and driveway</li></ul><h2>Description</h2><p>A well presented three bedroom family home in a quiet close, with a fitted kitchen, a bay-fronted sitting room and a long garden. Bedroom 1: 3.9m x 3.2m. Stamp duty of £8,750 may apply.</p>
        <div class="calculator">Mortgage: £1,890 per month</div>"#,
        json!({"price_float": 425_000, "currency": "GBP", "count_bedrooms": 3, "count_bathrooms": 1, "property_type": "Semi-Detached", "postal_code": "OX12 8AB", "address_string": "Orchard Close, Wantage, OX12 8AB", "for_sale": true, "for_rent": false}),
        &["constructed_area", "year_construction"],
    );
}

#[test]
fn british_rental_by_month_and_week() {
    let page = r#"<html lang="en-GB"><title>2 bedroom flat to rent in Harbour Street, Whitstable</title><h1>2 bedroom flat to rent in Harbour Street, Whitstable</h1><div class="price">£1,350 pcm <small>£312 pw</small></div><p>Deposit: £1,557</p><p>2 bedrooms, 1 bathroom</p>"#;
    states(
        page,
        json!({"price_float": 1350, "currency": "GBP", "count_bedrooms": 2, "count_bathrooms": 1, "for_rent": true, "for_sale": false, "property_type": "Flat"}),
        &[],
    );
    assert_eq!(
        read(page)
            .facts
            .iter()
            .find(|f| f.key == domain::fact::FactKey::Price)
            .map(|f| f.display())
            .as_deref(),
        Some("£1,350 per month")
    );
}

#[test]
fn irish_address_tells_county_and_town() {
    states(
        r#"<html lang="en-IE"><title>8 Castle Court, Trim, Co. Meath, C15 X2Y4</title><link rel=canonical href="https://homes.example.ie/for-sale/8-castle-court"><h1>8 Castle Court, Trim, Co. Meath, C15 X2Y4</h1><p>€395,000</p><p>4 Bed · 3 Bath · 128 m² · Semi-D</p>"#,
        json!({"price_float": 395_000, "currency": "EUR", "count_bedrooms": 4, "count_bathrooms": 3, "constructed_area": 128, "city": "Trim", "region": "Meath", "postal_code": "C15 X2Y4", "for_sale": true}),
        &[],
    );
}

#[test]
fn indian_flat_with_crore_and_carpet_area() {
    states(
        r#"<html lang="en-IN"><title>3 BHK Flat for Sale in Baner, Pune</title><h1>3 BHK Flat for Sale in Baner, Pune</h1><div class="price">₹ 1.45 Cr</div><table><tr><td>Super Built Up Area</td><td>1,650 sq.ft.</td></tr><tr><td>Built Up Area</td><td>1,420 sq.ft.</td></tr><tr><td>Bathrooms</td><td>3</td></tr><tr><td>Price per sq.ft</td><td>₹ 8,787</td></tr></table>"#,
        json!({"price_float": 14_500_000, "currency": "INR", "count_bedrooms": 3, "count_bathrooms": 3, "constructed_area": 1420, "area_unit": "sqft", "for_sale": true, "address_string": "Baner, Pune", "property_type": "Flat"}),
        &[],
    );
}

#[test]
fn south_african_house_on_an_erf() {
    states(
        r#"<html lang="en-ZA"><title>3 Bedroom House for sale in Knysna Heights</title><h1>3 Bedroom House for sale in Knysna Heights</h1><div class="price">R 2 450 000</div><div class="icons"><span title="Bedrooms">3</span><span title="Bathrooms">2</span><span title="Garages">2</span></div>
        <div class="row"><div>Erf Size</div><div>812 m²</div></div><div class="row"><div>Floor Size</div><div>210 m²</div></div><div class="row"><div>Type of Property</div><div>House</div></div><div class="row"><div>Levies</div><div>R 1 200</div></div>"#,
        json!({"price_float": 2_450_000, "currency": "ZAR", "count_bedrooms": 3, "count_bathrooms": 2, "constructed_area": 210, "property_type": "House", "for_sale": true}),
        &[],
    );
}

#[test]
fn plots_have_no_living_area() {
    states(
        r#"<html lang="en"><title>Residential plot for sale in Marlow Road, Henley</title><h1>Residential plot for sale in Marlow Road, Henley</h1><p>£180,000</p><p>0.25 acres</p><p>1,011 m²</p><table><tr><td>Property type</td><td>Building plot</td></tr><tr><td>Plot size</td><td>1,011 m²</td></tr></table>"#,
        json!({"price_float": 180_000, "property_type": "Building plot", "for_sale": true}),
        &["constructed_area", "count_bedrooms", "count_bathrooms"],
    );
}

#[test]
fn similar_listings_may_stand_first() {
    let card = |n: u32| {
        format!(
            r#"<article class="item"><a href="/l/{n}"><img src="{n}.jpg"></a><h3>House {n}</h3><p>${n}50,000</p><p>{n} beds {n} baths {n},100 sq ft</p></article>"#
        )
    };
    states(
        &format!(
            r#"<html lang="en"><title>90 Mill Lane, Dover, DE 19901</title><div class="carousel">{}{}{}{}</div><main><h1>90 Mill Lane, Dover, DE 19901</h1><p>$318,000</p><p>5 beds, 3 baths, 2,310 sq ft</p></main>"#,
            card(1),
            card(2),
            card(3),
            card(4)
        ),
        json!({"price_float": 318_000, "count_bedrooms": 5, "count_bathrooms": 3, "constructed_area": 2310, "address_string": "90 Mill Lane, Dover, DE 19901"}),
        &[],
    );
}

#[test]
fn a_page_of_many_listings_states_none() {
    let row = |n: u32| format!(r#"<li><a href="/l/{n}">{n} bedroom house</a> ${n}50,000 {n} baths</li>"#);
    states(
        &format!(
            r#"<html lang="en"><title>52 homes for sale in Dover</title><h1>52 homes for sale in Dover</h1><ul>{}{}{}</ul>"#,
            row(2),
            row(3),
            row(4)
        ),
        json!({}),
        &["price_float", "count_bedrooms", "count_bathrooms", "constructed_area"],
    );
}

#[test]
fn sources_that_disagree_state_nothing() {
    states(
        r#"<html lang="en"><title>5 Elm Road, Oxford</title><script type="application/ld+json">{"@type":"House","numberOfBedrooms":4,"yearBuilt":1990}</script><h1>5 Elm Road, Oxford</h1><table><tr><th>Bedrooms</th><td>3</td></tr><tr><th>Year built</th><td>1990</td></tr></table>"#,
        json!({"year_construction": 1990}),
        &["count_bedrooms"],
    );
}

#[test]
fn studios_have_no_bedroom_where_the_page_says_so() {
    states(
        r#"<html lang="en"><title>Studio to rent in Camden</title><h1>Studio to rent in Camden</h1><p>£950 pcm</p><dl><dt>Bedrooms</dt><dd>Studio</dd><dt>Bathrooms</dt><dd>1</dd></dl>"#,
        json!({"count_bedrooms": 0, "count_bathrooms": 1, "for_rent": true, "price_float": 950}),
        &[],
    );
    states(
        r#"<html lang="en"><title>Studio to rent in Camden</title><h1>Studio to rent in Camden</h1><p>£950 pcm</p>"#,
        json!({"for_rent": true}),
        &["count_bedrooms"],
    );
}

#[test]
fn full_and_half_bathrooms_add_up() {
    states(
        r#"<html lang="en"><title>7 Oak Way, Salem, OR 97301</title><h1>7 Oak Way, Salem, OR 97301</h1><table><tr><td>Bedrooms</td><td>4</td></tr><tr><td>Full Bathrooms</td><td>2</td></tr><tr><td>Half Bathrooms</td><td>1</td></tr><tr><td>Total Bathrooms</td><td>3</td></tr></table>"#,
        json!({"count_bedrooms": 4, "count_bathrooms": 2.5}),
        &[],
    );
}

#[test]
fn old_table_markup() {
    states(
        r#"<HTML><HEAD><TITLE>MLS 778812 - Residential</TITLE></HEAD><BODY><CENTER><FONT SIZE=4><B>Residential Listing</B></FONT></CENTER><TABLE><TR><TD><B>List Price:</B></TD><TD>$189,900</TD><TD><B>MLS #:</B></TD><TD>778812</TD></TR><TR><TD><B>Address:</B></TD><TD>410 Birch St</TD><TD><B>City:</B></TD><TD>Casper</TD></TR>
        <TR><TD><B>Bedrooms:</B></TD><TD>2</TD><TD><B>Baths:</B></TD><TD>1.75</TD></TR><TR><TD><B>Sq Ft:</B></TD><TD>1,020</TD><TD><B>Year Built:</B></TD><TD>1954</TD></TR></TABLE></BODY></HTML>"#,
        json!({"price_float": 189_900, "currency": "USD", "count_bedrooms": 2, "count_bathrooms": 1.75, "constructed_area": 1020, "year_construction": 1954, "address_string": "410 Birch St", "city": "Casper"}),
        &[],
    );
}
